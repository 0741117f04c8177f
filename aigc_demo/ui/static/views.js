/* One function per kind of gr.HTML view: luoxia.<kind>(element, props, watch, trigger). */
(() => {
  const lx = window.luoxia;
  const on = (name, start) => { lx[name] = start; };
  const quiet = () => {};
  for (const name of ["header", "badge", "progress", "predict", "code", "download", "strip", "task"]) on(name, quiet);
})();
