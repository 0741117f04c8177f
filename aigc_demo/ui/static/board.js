// The view for a projector: result and question only, in large type. Left with its own button, or with Escape.
(() => {
  const { text, make } = luoxia;
  const leave = make("button", {
    type: "button",
    className: "lx-button lx-strong lx-board-leave",
    textContent: text.board_leave,
  });
  const turn = (on) => {
    document.body.classList.toggle("lx-board", on);
    if (on) document.querySelector(".gradio-container").append(leave);
    else leave.remove();
    globalThis.dispatchEvent(new Event("resize"));
    luoxia.say(on ? text.board : text.board_leave);
  };
  leave.addEventListener("click", () => turn(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && leave.isConnected && turn(false));
  luoxia.board = () => {
    turn(true);
    leave.focus();
  };
})();
