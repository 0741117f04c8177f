// "Pin this result": what a result shows stays below it, as it is now and with its settings, to compare the next one
// with.
(() => {
  const { text, make } = luoxia;
  const MOST = 3; // pinned results of a tab; the oldest makes room
  const LONGEST = 24; // characters of a setting that is named

  // a copy of a view that nobody can use, its canvases as they look now
  const still = (view) => {
    const copy = view.cloneNode(true);
    const canvases = copy.querySelectorAll("canvas");
    view.querySelectorAll("canvas").forEach((canvas, i) => {
      if (canvas.width && canvas.height) canvases[i].getContext("2d").drawImage(canvas, 0, 0);
    });
    for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
    copy.querySelectorAll("style, .lx-scrub, input, button:not(:has(canvas))").forEach((part) => part.remove());
    copy.inert = true;
    return copy;
  };

  luoxia.pin = (useCase, values, labels) => {
    const result = document.querySelector(`#tab-${useCase} .lx-result`);
    const view = result?.querySelector(`[id="${useCase}-view"], [id="${useCase}-scope"]`) || result?.firstElementChild;
    if (!view) return;
    let box = result.querySelector(".lx-pinned");
    if (!box) result.append(box = make("section", { className: "lx-pinned" }));
    box.setAttribute("aria-label", text.pinned);
    const named = Object.entries(labels).map(([name, label]) => [label, String(values[name] ?? "")]);
    const set = named.filter(([, value]) => value && value.length <= LONGEST).map((pair) => pair.join(" "));
    const words = [view.querySelector(".lx-scrub output")?.textContent, ...set].filter(Boolean).join(" · ");
    const close = make("button", { type: "button", className: "lx-button", textContent: text.unpin });
    const figure = make(
      "figure",
      {},
      make("figcaption", {}, make("b", { textContent: text.pinned }), ` ${words} `, close),
      still(view),
    );
    close.addEventListener("click", () => figure.remove());
    box.prepend(figure);
    while (box.children.length > MOST) box.lastChild.remove();
    luoxia.say(`${text.pinned} ${words}`);
  };
})();
