// Pictures in colour side by side, each with words above and below it.
// Value: {sheets: [{url}], w, h, columns: [words], notes: [words]}
luoxia.pictureRow = (element, props, watch) => {
  const { make } = luoxia, root = element.querySelector(".lx-picture-row"), box = root.querySelector("div");
  let ticket = 0;
  const load = async () => {
    const value = props.value, mine = ++ticket;
    if (!value || !value.sheets) return;
    const bitmap = await createImageBitmap(await (await fetch(value.sheets[0].url)).blob());
    if (mine !== ticket) return;
    box.replaceChildren(...value.columns.map((name, place) => {
      const canvas = make("canvas", { width: value.w, height: value.h });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", name);
      canvas.getContext("2d").drawImage(bitmap, -place * value.w, 0);
      return make(
        "div",
        {},
        make("b", { textContent: name }),
        canvas,
        make("span", { textContent: value.notes[place] }),
      );
    }));
    root.dataset.ready = String(1 + (+root.dataset.ready || 0));
  };
  watch("value", load);
  load();
};
