// Whether a model of one's own is in use. Value: its id, "own-...", or "".
(() => {
  luoxia.ownModel = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-own-model");
    const show = () => {
      root.dataset.own = String(props.value).startsWith("own");
    };
    root.querySelector("button").addEventListener("click", () => {
      props.value = "";
      show();
      trigger("change");
    });
    watch("value", show);
    show();
  };

  // Value: {href, words} or null
  luoxia.ownLink = (element, props, watch) => {
    const line = element.querySelector(".lx-own-link"), link = line.firstChild;
    const show = () => {
      const value = props.value;
      line.hidden = !value?.href;
      if (line.hidden) return;
      const url = new URL(value.href, document.baseURI);
      if (new URLSearchParams(location.search).has("lang")) url.searchParams.set("lang", luoxia.lang);
      Object.assign(link, { href: url.href, textContent: value.words });
    };
    watch("value", show);
    show();
  };
})();
