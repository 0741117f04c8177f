// Under a sentence: what is understood of it; its words that are not known, underlined, with known ones like them.
// Value: {pieces: [[words, unknown]], unknown: [[word, [known words like it]]], understood: words}
luoxia.marks = (element, props, watch) => {
  const { make, text } = luoxia, root = element.querySelector(".lx-marks"), words = JSON.parse(root.dataset.words);
  const [line, list, told] = root.children;
  watch("value", () => {
    const { pieces = [], unknown = [], understood = "" } = props.value || {};
    root.hidden = !understood;
    line.hidden = !unknown.length;
    line.replaceChildren(
      make("span", { textContent: words.marks + text.colon }),
      ...pieces.map(([text, odd]) => make(odd ? "u" : "span", { textContent: text })),
    );
    list.replaceChildren(
      ...unknown.filter(([, near]) => near.length).map(([word, near]) =>
        make("li", { textContent: `${word} · ${words.nearest}${text.colon}${near.join(text.several)}` })
      ),
    );
    told.textContent = understood;
  });
};
