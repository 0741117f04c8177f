// Gradio's list of events, as its own script reads it. Svelte watches every plain array and object it is given, and the
// page looks for the events of each of its components: over a million watched reads before the first button works. The
// list never changes, and Svelte leaves arrays of a class of their own alone: twice as fast.
(() => {
  class Fixed extends Array {}
  let config;
  Object.defineProperty(window, "gradio_config", {
    configurable: true,
    get: () => config,
    set(value) {
      if (Array.isArray(value?.dependencies)) Object.setPrototypeOf(value.dependencies, Fixed.prototype);
      config = value;
    },
  });
})();
