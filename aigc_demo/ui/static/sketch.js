// A sheet to draw on, with mouse, finger or pen; a picture can be put on it too. Value: a data URL, "" when nothing is
// drawn. `luoxia.picker`: real digits to choose instead. Value: the number of the digit.
(() => {
  const SIZE = 224;

  luoxia.sketch = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-sketch");
    const canvas = root.querySelector("canvas");
    const context = canvas.getContext("2d");
    const pens = [...root.querySelectorAll("[data-ink]")];
    let last = null, mine = "", ink = "#1F2430";
    pens.forEach((pen) =>
      pen.addEventListener("click", () => {
        ink = pen.dataset.ink;
        pens.forEach((other) => other.setAttribute("aria-pressed", other === pen));
      })
    );
    if (pens.length) ink = pens[0].dataset.ink;

    function blank() {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, SIZE, SIZE);
      root.classList.add("lx-empty");
    }

    function send(url) {
      mine = url;
      props.value = url;
      if (trigger) trigger("change");
    }

    function place(event) {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
    }

    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      root.classList.remove("lx-empty");
      last = place(event);
      context.beginPath();
      context.arc(last[0], last[1], 9, 0, 7);
      context.fillStyle = ink;
      context.fill();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return;
      const now = place(event);
      context.strokeStyle = ink;
      context.lineWidth = 18;
      context.lineCap = "round";
      context.beginPath();
      context.moveTo(...last);
      context.lineTo(...now);
      context.stroke();
      last = now;
    });
    const finish = () => {
      if (!last) return;
      last = null;
      send(canvas.toDataURL("image/png"));
    };
    canvas.addEventListener("pointerup", finish);
    canvas.addEventListener("pointercancel", finish);

    function show(url) {
      if (!url) return blank();
      const picture = new Image();
      picture.onload = () => {
        blank();
        root.classList.remove("lx-empty");
        const scale = Math.min(SIZE / picture.width, SIZE / picture.height);
        const [w, h] = [picture.width * scale, picture.height * scale];
        context.drawImage(picture, (SIZE - w) / 2, (SIZE - h) / 2, w, h);
      };
      picture.src = url;
    }

    root.querySelector(".lx-clear").addEventListener("click", () => {
      blank();
      send("");
    });
    luoxia.takePictures(root, (url) => {
      show(url);
      send(url);
    });
    watch("value", () => {
      if ((props.value || "") !== mine) {
        mine = props.value || "";
        show(mine);
      }
    });
    blank();
    if (props.value) show(props.value);
  };

  luoxia.picker = (element, props, watch, trigger) => {
    const root = element.querySelector(".lx-picker");
    const buttons = [...root.querySelectorAll("button[data-digit]")];
    const sheet = new Image();

    function draw() {
      const value = +props.value || 0;
      buttons.forEach((button) => {
        const digit = +button.dataset.digit;
        const chosen = Math.floor(value / 20) === digit;
        const column = value % 20;
        button.setAttribute("aria-pressed", chosen);
        const canvas = button.firstElementChild;
        const context = canvas.getContext("2d");
        context.clearRect(0, 0, 28, 28);
        context.drawImage(sheet, 28 * column, 28 * digit, 28, 28, 0, 0, 28, 28);
        const pixels = context.getImageData(0, 0, 28, 28);
        luoxia.paint(canvas, pixels.data, luoxia.palette(false));
      });
    }

    const choose = (value) => {
      props.value = value;
      draw();
      if (!trigger) return;
      trigger("select"); // by a person
      trigger("change");
    };
    buttons.forEach((button) =>
      button.addEventListener("click", () => choose(20 * +button.dataset.digit + ((+props.value || 0) % 20)))
    );
    root.querySelector(".lx-others").addEventListener("click", () => {
      const value = +props.value || 0;
      choose(20 * Math.floor(value / 20) + (((value % 20) + 1) % 20));
    });
    sheet.onload = draw;
    sheet.src = root.dataset.sheet;
    luoxia.onTheme(draw);
    watch("value", draw);
  };
})();
