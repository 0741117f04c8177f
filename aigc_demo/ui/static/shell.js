/* luoxia: what the page does by itself. Views of gr.HTML components live in views.js. */
window.luoxia = (() => {
  const text = window.LX_TEXT;
  const say = (sentence) => {
    const region = document.getElementById("lx-live");
    if (region) region.textContent = sentence;
  };
  const newSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];
  const drawSeed = (seed, locked) => (locked ? seed : newSeed());
  const stopped = (useCase) => say(text.stopped);
  return { text, say, newSeed, drawSeed, stopped };
})();
