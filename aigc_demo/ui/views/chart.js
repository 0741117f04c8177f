// Charts that are drawn as they come. Value: {charts: [as luoxia.chart takes them]}, one for every svg of the box
(() => {
  luoxia.charts = (element, props, watch) => {
    const root = element.querySelector(".lx-charted"), plots = [...root.querySelectorAll("svg")];
    const load = () => {
      if (!props.value) return;
      props.value.charts.forEach((chart, i) => luoxia.chart(plots[i], chart));
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", load);
    load();
  };
})();
