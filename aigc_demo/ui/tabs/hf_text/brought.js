// Whether SmolLM2 is on this machine. Where it is not, the buttons that ask it say so, and a press fetches it instead:
// what was recorded stays on the page. Value: {words, good, here: true, or false, or left out while it travels}
(() => {
  const RUNS = "[id^=hf_text_][id$=-run]";
  const LOOK = 300; // milliseconds between two looks for buttons of tabs that have just been opened
  luoxia.brought = (element, props, watch) => {
    const line = element.querySelector(".lx-verdict");
    let here = true, looking = 0;
    luoxia.verdict(element, props, watch);
    const ours = (button) =>
      !document.getElementById(`${button.id.slice(0, -4)}-name`)?.querySelector("input, textarea")?.value;
    const paint = () => {
      for (const button of document.querySelectorAll(RUNS)) {
        button.dataset.words ||= button.textContent;
        const words = here || !ours(button) ? button.dataset.words : line.dataset.absent;
        if (button.textContent.trim() !== words.trim()) button.textContent = words;
      }
    };
    const load = () => {
      here = props.value?.here ?? here;
      clearInterval(looking);
      paint();
      if (!here) looking = setInterval(paint, LOOK);
    };
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.(RUNS);
      if (here || !button || !ours(button)) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      document.getElementById("hf_text-fetch")?.click();
      line.scrollIntoView({ block: "nearest" });
    }, true);
    watch("value", load);
    load();
  };
})();
