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

  // The axis of a training's chart, out of the steps of its moments. They lie close together at the start, so it is
  // stretched there: a step of the axis per moment, other places between them.
  luoxia.momentAxis = (moments) => {
    const last = moments.length - 1;
    const place = (step) => {
      const next = moments.findIndex((one) => one >= step);
      if (next < 0) return last;
      return next === 0 ? 0 : next - (moments[next] - step) / (moments[next] - moments[next - 1]);
    };
    const ticks = [0, Math.round(last / 3), Math.round((2 * last) / 3), last];
    return { place, xs: ticks.map((i) => [i, luoxia.count(moments[i])]) };
  };
})();
