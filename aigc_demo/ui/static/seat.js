// Somebody in a room: asks once a second how things stand, and goes where the presenter is as long as they follow.
(() => {
  const { text, fill } = luoxia;
  const EVERY = 1000, LATER = 4000; // milliseconds between two questions; after one that got no answer
  const LARGEST = 256; // pixels of a posted picture's longer side

  luoxia.seat = (element) => {
    const bar = element.querySelector(".lx-seat"), join = element.querySelector(".lx-seat-join");
    const post = element.querySelector(".lx-seat-post"), door = document.querySelector(".lx-seat-door");
    const [code, where, task] = ["summary b", "summary span", ".lx-seat-task"].map((part) => bar.querySelector(part));
    const part = (name) => bar.querySelector(`[data-seat=${name}]`);
    let mine = null, timer = 0, result = null, rejoined = false;

    const keep = (seat) => {
      mine = seat;
      luoxia.roomKept("seat", seat);
    };
    const call = (name, sent = {}, read = false) =>
      luoxia.roomCall(name, { room: mine.room, token: mine.person, ...sent }, read);

    const leave = (sentence) => {
      clearTimeout(timer);
      keep(null);
      bar.hidden = true;
      document.body.classList.remove("lx-seated");
      document.dispatchEvent(new CustomEvent("lx-seat", { detail: null }));
      if (sentence) luoxia.toast(sentence);
    };
    const show = (state) => {
      bar.hidden = false;
      delete bar.dataset.lost;
      document.body.classList.add("lx-seated");
      code.textContent = state.room;
      where.textContent = state.now ? `${state.at} / ${state.steps} · ${state.now.title}` : text["room.js_waiting"];
      task.textContent = state.now?.task || "";
      part("follow").setAttribute("aria-pressed", String(state.follows));
      part("explore").setAttribute("aria-pressed", String(!state.follows));
      part("hand").setAttribute("aria-pressed", String(state.hand));
      bar.querySelector("a b").textContent = state.posts || "";
      document.dispatchEvent(new CustomEvent("lx-seat", { detail: state }));
      if (state.next) luoxia.expect(state.next.link);
      if (!state.follows || !state.now || state.move === mine.seen) return;
      keep({ ...mine, seen: state.move });
      luoxia.say(fill(text["room.js_moved"], state.now));
      luoxia.arrive(state.now.link);
    };
    const failed = (error) => {
      if (error.fault === "room.not_joined" && !rejoined) { // the server has not heard of this tab for long
        rejoined = true;
        enter(mine.room, mine.seen).catch(failed);
      } else if (error.fault === "room.no_room" || error.fault === "room.not_joined") leave(text["room.js_over"]);
      else if (error.fault) luoxia.toast(error.message);
      else bar.dataset.lost = text["room.js_lost"];
    };
    const ask = async () => {
      clearTimeout(timer);
      if (!mine) return;
      const { room } = mine;
      let pause = EVERY;
      try {
        const state = await call("seat", {}, true);
        if (mine?.room === room) show(state);
      } catch (error) {
        if (!error.fault) pause = LATER;
        failed(error);
      }
      if (mine) timer = setTimeout(ask, pause);
    };
    const enter = async (room, seen = -1) => {
      const { person, ...state } = await luoxia.roomCall("join", { room });
      keep({ room: state.room, person, seen });
      show(state);
      clearTimeout(timer);
      timer = setTimeout(ask, EVERY);
    };
    luoxia.enterRoom = async (room) => {
      await enter(room);
      luoxia.say(fill(text["room.js_joined"], { room: mine.room }));
    };
    const act = (name, sent) => mine && call(name, sent).then(show, failed);

    // a result for the wall: what its controls are set to, and the largest picture that the open tab shows; of a run
    // with several panes, what the model takes for the result
    const size = (canvas) =>
      canvas.offsetWidth * canvas.offsetHeight + (canvas.closest("[data-pane=x0]") ? Number.MAX_SAFE_INTEGER : 0);
    const pictured = (useCase) =>
      [...document.querySelectorAll(`#tab-${useCase} .lx-result canvas`)]
        .filter((canvas) => canvas.offsetParent && canvas.width && canvas.height)
        .sort((a, b) => size(b) - size(a))[0];
    const choose = () => {
      const useCase = luoxia.visibleForm();
      if (!useCase) return luoxia.toast(text["room.js_nothing"]);
      luoxia.values(useCase, (values) => {
        const from = pictured(useCase), canvas = post.querySelector("canvas");
        canvas.hidden = !from;
        if (from) {
          const scale = Math.min(1, LARGEST / Math.max(from.width, from.height));
          canvas.width = Math.max(1, Math.round(from.width * scale));
          canvas.height = Math.max(1, Math.round(from.height * scale));
          canvas.getContext("2d").drawImage(from, 0, 0, canvas.width, canvas.height);
        }
        result = { tab: useCase, values, picture: from ? canvas.toDataURL("image/png") : "" };
        post.querySelector("output").textContent = "";
        post.showModal();
      });
    };
    post.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        show(await call("post", { ...result, words: post.querySelector("input").value }));
        post.close();
        post.querySelector("input").value = "";
        luoxia.toast(text["room.js_posted"]);
      } catch (error) {
        post.querySelector("output").textContent = error.fault ? error.message : text["room.js_lost"];
      }
    });

    door?.addEventListener("click", () => join.showModal());
    join.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await luoxia.enterRoom(join.querySelector("input").value);
        join.close();
      } catch (error) {
        join.querySelector("output").textContent = error.fault ? error.message : text["room.js_lost"];
      }
    });
    const doing = {
      follow: () => {
        keep({ ...mine, seen: -1 });
        act("follow", { follows: true });
      },
      explore: () => act("follow", { follows: false }),
      hand: (button) => act("hand", { up: button.getAttribute("aria-pressed") !== "true" }),
      post: choose,
      leave: () => leave(text["room.js_left"]),
      close: (button) => button.closest("dialog").close(),
    };
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-seat]");
      if (button) doing[button.dataset.seat](button);
    });
    document.addEventListener("lx-guess", (event) => act("vote", event.detail));
    document.addEventListener("visibilitychange", () => document.hidden || ask());

    luoxia.keepLanguage(element);
    luoxia.activated(() => {
      mine = luoxia.roomKept("seat"); // not before: a page that was made ready in advance would know an old one
      const url = new URL(location.href), asked = url.searchParams.get("room")?.trim().toUpperCase();
      if (asked !== undefined) {
        url.searchParams.delete("room");
        history.replaceState(null, "", url);
      }
      if (asked && asked !== mine?.room) {
        keep(null);
        luoxia.enterRoom(asked).catch((error) => luoxia.toast(error.message));
      } else ask();
    });
  };
})();
