"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(find(id).textContent);
  const specs = read("specs"), captions = read("captions"), names = Object.keys(specs), views = {};
  const metric = find("metric"), archetype = find("archetype"), theme = find("theme"), root = document.documentElement;
  const wished = () => ({ metric: Number(metric.value), archetype: archetype.value });

  const draw = async (name) => {
    const spec = structuredClone(specs[name]);
    for (const param of spec.params) if (param.name in wished()) param.value = wished()[param.name];
    if (views[name]) views[name].finalize();
    const place = find("chart-" + name);
    const seen = Math.min(place.clientWidth, place.parentElement.clientWidth); // of a chart wider than the page
    spec.config.legend.columns = Math.max(1, Math.floor((seen - 140) / 110)); // it does not wrap by itself
    const options = { mode: "vega-lite", renderer: "svg", actions: false, logLevel: 1 };
    views[name] = (await vegaEmbed(place, spec, options)).view;
  };

  // What hovering shows, as tables: the marks of a chart that tell the same things make one.
  const told = (item, found) => {
    if (item.tooltip instanceof Object) found.set(JSON.stringify(item.tooltip), item.tooltip);
    for (const each of item.items || []) told(each, found);
    return found;
  };
  const row = (kind, cells) => {
    const made = document.createElement("tr");
    for (const textContent of cells) made.append(Object.assign(document.createElement(kind), { textContent }));
    return made;
  };
  const number = (name) => {
    const tables = {};
    for (const each of told(views[name].scenegraph().root, new Map()).values()) {
      const table = tables[Object.keys(each)] ??= document.createElement("table");
      if (!table.rows.length) table.append(row("th", Object.keys(each)));
      table.append(row("td", Object.values(each)));
    }
    const longestFirst = Object.values(tables).sort((one, other) => other.rows.length - one.rows.length);
    find("numbers-" + name).lastElementChild.replaceChildren(...longestFirst);
  };

  const tell = (name) => {
    const text = captions[archetype.value][name][metric.value];
    find("caption-" + name).textContent = text;
    find("chart-" + name).setAttribute("aria-label", text);
    if (find("numbers-" + name).open) number(name);
  };
  const drawAll = () => Promise.all(names.map(draw));
  const follow = async () => {
    for (const name of names) {
      if (name === "distribution") await draw(name); // a zoom of another metric's range would show nothing
      else await views[name].signal("metric", wished().metric).signal("archetype", wished().archetype).runAsync();
      tell(name);
    }
    root.dataset.drawn = metric.value + "/" + archetype.value;
  };

  const moves = { ArrowLeft: [-0.1, -0.1], ArrowRight: [0.1, 0.1], "+": [0.1, -0.1], "-": [-0.125, 0.125], 0: null };
  const move = (name, field, event) => {
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const view = views[name], [first, last] = view.scale("x").domain().map(Number);
    const by = moves[event.key], width = last - first;
    view.signal("zoom_" + field, by && [first + by[0] * width, last + by[1] * width]).runAsync();
  };

  const isDark = () => root.dataset.theme === "dark"
    || (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const label = () => theme.setAttribute("aria-pressed", String(isDark()));

  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; label(); });
  find("reset").addEventListener("click", drawAll);
  metric.addEventListener("change", follow);
  archetype.addEventListener("change", follow);
  for (const [name, field] of [["utilisation", "moment"], ["distribution", "start"], ["growth", "moment"]])
    find("chart-" + name).parentElement.addEventListener("keydown", (event) => move(name, field, event));
  for (const name of names) find("numbers-" + name).addEventListener("toggle", () => tell(name));
  label();
  drawAll().then(follow);
})();
