// Opens the orders behind what is clicked in the chart above: `data.links` gives, for the customdata of a point, what
// its address has beside `data.common`. Bound to Plotly's own event, so that heat maps lead somewhere too.

export default function ({ data, parentElement }) {
  const root = parentElement.getRootNode();
  const chart = (root.host ?? parentElement).closest("[class*='st-key-chart_']");
  if (!chart) return;
  chart.links = data;
  if (chart.isWatched) return;
  chart.isWatched = true;
  // Plotly draws later than this runs, and anew when the theme changes: whatever is there when the pointer comes.
  for (const coming of ["pointerover", "pointerdown"]) chart.addEventListener(coming, () => watch(chart), true);
}

function watch(chart) {
  const plot = chart.querySelector(".js-plotly-plot");
  if (!plot?.on || plot.isWatched) return;
  plot.isWatched = true;
  plot.on("plotly_click", ({ points, event }) => {
    const url = points.map(({ customdata }) => address(chart.links, customdata)).find(Boolean);
    if (url) go(url, event);
  });
  plot.on("plotly_hover", ({ points }) => point(plot, points.some((each) => address(chart.links, each.customdata))));
  plot.on("plotly_unhover", () => point(plot, false));
}

function address({ path, common, links }, name) {
  const own = links[Array.isArray(name) ? name[0] : name];
  return own === undefined ? null : `${path}?${[common, own].filter(Boolean).join("&")}`;
}

function point(plot, isLink) {
  for (const layer of plot.querySelectorAll(".drag, .nsewdrag, .slicetext, .slice")) {
    layer.style.cursor = isLink ? "pointer" : "default";
  }
}

// As in day.js: Streamlit follows the history without reloading, and Back returns to this chart.
function go(url, event) {
  if (event?.ctrlKey || event?.metaKey) {
    window.open(url, "_blank");
    return;
  }
  history.pushState({}, "", url);
  window.dispatchEvent(new PopStateEvent("popstate"));
}
