"use strict";
(() => {
  document.getElementById("no-curves").remove();
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const charts = read("charts");
  const styles = read("styles");
  const controls = document.querySelector(".controls");
  const style = (agent) => styles[charts.agents.indexOf(agent)];
  const shown = (agent) => controls.querySelector(`input[name=agent][value="${CSS.escape(agent)}"]`).checked;
  const over = () => controls.elements.over.value;
  const logarithmic = () => controls.elements.logarithmic.checked;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const faint = (hex) => hex + "2e";

  const axis = (more) => ({
    gridcolor: colour("--line"), zerolinecolor: colour("--line"), linecolor: colour("--line"), automargin: true, ...more,
  });
  const layout = (x, y, more) => ({
    margin: { l: 10, r: 10, t: 10, b: 10 }, hovermode: "x unified", showlegend: false, dragmode: false,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: colour("--ink"), family: "inherit", size: 13 },
    hoverlabel: { bgcolor: colour("--raised"), font: { color: colour("--ink") } },
    xaxis: axis({ title: { text: x } }), yaxis: axis({ title: { text: y } }), ...more,
  });
  const options = { responsive: true, displaylogo: false, displayModeBar: false };

  // A band and a line for each agent. A band is the area between two lines, so gaps in it must be left out.
  const curves = (given, x) => given.flatMap((curve) => {
    const { colour: line, dash } = style(curve.agent);
    const known = curve.low.map((_, i) => i).filter((i) => curve.low[i] !== null && curve.high[i] !== null);
    const back = [...known].reverse();
    const common = { legendgroup: curve.agent, visible: shown(curve.agent), meta: curve.agent };
    return [
      {
        ...common, x: [...known, ...back].map((i) => curve[x][i]), fill: "toself", fillcolor: faint(line), hoverinfo: "skip",
        y: [...known.map((i) => curve.low[i]), ...back.map((i) => curve.high[i])], line: { width: 0 }, mode: "lines",
      },
      { ...common, name: curve.agent, x: curve[x], y: curve.middle, mode: "lines", connectgaps: true,
        line: { color: line, dash, width: 2.5 },
        hovertemplate: "%{y:.4g}" },
    ];
  });
  const estimates = (given) => given.intervals.filter((one) => one.estimate !== null && shown(one.agent)).map((one) => ({
    x: [one.estimate], y: [one.agent], mode: "markers", type: "scatter", marker: { color: style(one.agent).colour, size: 11 },
    error_x: { type: "data", symmetric: false, array: [one.high - one.estimate], arrayminus: [one.estimate - one.low],
      color: style(one.agent).colour, thickness: 2.5 },
    hovertemplate: `%{x:.4g} (${one.low.toPrecision(4)} to ${one.high.toPrecision(4)})<extra>${one.agent}</extra>`,
  }));

  // A line through the medians, a bar for the middle half of the seeds, a star where the setting was chosen.
  const sweepLines = (given) => given.map((one, i) => {
    const { colour: line, dash } = styles[i];
    const size = one.values.map((_, n) => (n === one.best ? 16 : 8));
    return {
      name: one.name, x: one.values, y: one.middle, mode: "lines+markers",
      line: { color: line, dash, width: 2.5 },
      marker: { size, symbol: one.values.map((_, n) => (n === one.best ? "star" : "circle")), color: line },
      error_y: { type: "data", symmetric: false, color: line, thickness: 1.5,
        array: one.high.map((y, n) => y - one.middle[n]), arrayminus: one.middle.map((y, n) => y - one.low[n]) },
      hovertemplate: "%{y:.4g}",
    };
  });

  const draw = () => {
    for (const div of document.querySelectorAll("[data-environment]")) {
      const { measure, optimum, curves: given } = charts.environments[div.dataset.environment];
      const titles = { steps: "steps of the environment", seconds: "seconds of learning" };
      const made = layout(titles[over()], measure);
      made.yaxis.type = logarithmic() && !given.some((curve) => curve.middle.some((y) => y < 0)) ? "log" : "linear";
      if (optimum !== null) {
        made.shapes = [{ type: "line", xref: "paper", x0: 0, x1: 1, y0: optimum, y1: optimum,
          line: { color: colour("--soft"), dash: "dot", width: 1.5 } }];
        made.annotations = [{ xref: "paper", x: 1, y: optimum, xanchor: "right", yanchor: "bottom", showarrow: false,
          text: "known optimum", font: { color: colour("--soft") } }];
      }
      Plotly.react(div, curves(given, over()), made, options);
    }
    for (const div of document.querySelectorAll("[data-metric]")) {
      if (!div.closest("details").open) continue; // a chart in a closed fold has no size
      const name = div.dataset.metric;
      const titles = { steps: "steps of the environment", seconds: "seconds of learning" };
      Plotly.react(div, curves(charts.environments[div.dataset.of].metrics[name], over()),
        layout(titles[over()], name, { height: 260 }), options);
    }
    for (const div of document.querySelectorAll("[data-sweep]")) {
      const { name, measure, lines } = charts.environments[div.dataset.of].sweeps[div.dataset.sweep];
      const values = lines.flatMap((one) => one.values);
      const numbers = values.every((x) => typeof x === "number");
      const wide = numbers && Math.min(...values) > 0 && Math.max(...values) >= 10 * Math.min(...values);
      const made = layout(name, measure, { showlegend: lines.length > 1, legend: { orientation: "h", y: 1.02, yanchor: "bottom" } });
      made.xaxis.type = wide ? "log" : numbers ? "linear" : "category";
      if (numbers) Object.assign(made.xaxis, { tickvals: [...new Set(values)], ticktext: [...new Set(values)].map(String) });
      Plotly.react(div, sweepLines(lines), made, options);
    }
    for (const div of document.querySelectorAll("[data-aggregate]")) {
      const given = charts.aggregates[div.dataset.aggregate];
      const rows = given.intervals.filter((one) => shown(one.agent)).length;
      Plotly.react(div, estimates(given), layout("", "", {
        height: 70 + 34 * rows, hovermode: "closest", yaxis: axis({ autorange: "reversed", type: "category" }),
      }), options);
    }
    for (const div of document.querySelectorAll("[data-profiles]")) {
      Plotly.react(div, curves(charts.profiles, "steps"), layout("score", "share of runs above it"), options);
    }
  };

  const order = (cell) => cell.dataset.order ?? cell.textContent;
  const before = (a, b) => {
    const [x, y] = [Number(a), Number(b)];
    if (Number.isNaN(x) || Number.isNaN(y)) return String(a).localeCompare(String(b), undefined, { numeric: true });
    return x - y || 0;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => sign * before(order(a.cells[column]), order(b.cells[column])));
      table.tBodies[0].append(...rows);
    }));
  }
  for (const fold of document.querySelectorAll("details")) fold.addEventListener("toggle", draw);
  controls.addEventListener("change", draw);
  controls.addEventListener("submit", (event) => event.preventDefault());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
