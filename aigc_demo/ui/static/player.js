// The play button and the slider of moments that are shown one after another.
(() => {
  "use strict";

  // show(place, playing) draws a moment and moves the slider to it; `pause` milliseconds lie between two. Gives back
  // what stops it.
  luoxia.player = (root, play, range, show, pause) => {
    let timer = 0;
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.classList.remove("lx-playing");
    };
    play.addEventListener("click", () => {
      if (timer) return stop();
      let next = +range.value >= +range.max ? 0 : +range.value + 1;
      play.classList.add("lx-playing");
      timer = setInterval(() => {
        show(next++, true);
        if (next > +range.max || !root.isConnected) stop();
      }, pause);
    });
    range.addEventListener("input", () => {
      stop();
      show(+range.value);
    });
    return stop;
  };
})();
