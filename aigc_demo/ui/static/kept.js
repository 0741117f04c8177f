// What a person has set is there again when they come back to a page, for as long as the browser's tab is open: the
// simple controls of every form, and which inner tab was open.
(() => {
  const WAIT = 400; // milliseconds after the last thing that was done
  const read = (key) => {
    try {
      return JSON.parse(sessionStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const write = (key, value) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(value));
    } catch { /* full, or not allowed */ }
  };

  luoxia.keep = (useCase, values) => write(`lx-form-${useCase}`, values);
  luoxia.openedTab = () => read(`lx-tab-${window.LX_PAGE}`);
  luoxia.keepTab = (id) => write(`lx-tab-${window.LX_PAGE}`, id);

  // set what was kept, where it differs; the controls themselves had accepted it
  luoxia.comeBack = (useCase) => {
    const kept = read(`lx-form-${useCase}`);
    if (!kept) return;
    luoxia.values(useCase, (now) => {
      const other = Object.entries(kept).filter(([name, value]) => name in now && now[name] !== value);
      luoxia.changed(useCase, other);
      return Object.fromEntries(other);
    });
  };

  let timer = 0;
  const save = () => {
    const open = luoxia.visibleForm();
    if (open) {
      luoxia.values(open, (values) => {
        luoxia.keep(open, values);
      });
    }
  };
  const soon = (event) => {
    clearTimeout(timer);
    if (event.type === "pointerdown" && event.target.closest?.("a[href]")) save(); // there is no later
    else timer = setTimeout(save, WAIT);
  };
  for (const kind of ["input", "change", "keyup", "click", "pointerdown"]) {
    document.addEventListener(kind, (event) => event.target.closest?.(".lx-controls, a[href]") && soon(event), true);
  }

  // what one page leaves to the next: values of a saved file, which its server has yet to judge
  luoxia.leave = (tab, values) => write("lx-left", { tab, values });
  luoxia.left = (tab) => {
    const left = read("lx-left");
    try {
      sessionStorage.removeItem("lx-left");
    } catch { /* not allowed */ }
    return left?.tab === tab ? left.values : {};
  };
})();
