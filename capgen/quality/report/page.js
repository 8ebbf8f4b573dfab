"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const specs = read("specs"), captions = read("captions"), views = {};
  const metric = document.getElementById("metric"), archetype = document.getElementById("archetype");
  const theme = document.getElementById("theme"), root = document.documentElement;
  const wished = () => ({ metric: Number(metric.value), archetype: archetype.value });

  const draw = async (name) => {
    const spec = structuredClone(specs[name]);
    for (const param of spec.params) if (param.name in wished()) param.value = wished()[param.name];
    if (views[name]) views[name].finalize();
    const place = document.getElementById("chart-" + name);
    spec.config.legend.columns = Math.max(1, Math.floor((place.clientWidth - 140) / 110)); // it does not wrap by itself
    const options = { mode: "vega-lite", renderer: "svg", actions: false, logLevel: 1 };
    views[name] = (await vegaEmbed(place, spec, options)).view;
  };
  const caption = (name) => {
    const text = captions[name][metric.value];
    document.getElementById("caption-" + name).textContent = text;
    document.getElementById("chart-" + name).setAttribute("aria-label", text);
  };
  const drawAll = () => Promise.all(Object.keys(specs).map(draw));
  const follow = async () => {
    for (const name of Object.keys(specs)) {
      caption(name);
      if (name === "distribution") await draw(name); // a zoom of another metric's range would show nothing
      else await views[name].signal("metric", wished().metric).signal("archetype", wished().archetype).runAsync();
    }
    root.dataset.drawn = metric.value + "/" + archetype.value;
  };
  const isDark = () => root.dataset.theme === "dark"
    || (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const label = () => theme.setAttribute("aria-pressed", String(isDark()));

  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); });
  document.getElementById("reset").addEventListener("click", drawAll);
  metric.addEventListener("change", follow);
  archetype.addEventListener("change", follow);
  label();
  drawAll().then(() => { for (const name of Object.keys(specs)) caption(name); root.dataset.drawn = metric.value + "/" + archetype.value; });
})();
