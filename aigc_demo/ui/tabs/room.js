// The page /room: the door; the hall, for people who joined; the desk of who presents, which asks once a second.
(() => {
  const { text, make, fill } = luoxia;
  const EVERY = 1000;

  // replace the children of a box where what they say has changed, so that nothing flickers or loses the focus
  const fillBox = (box, value, children) => {
    const written = JSON.stringify(value);
    if (box.dataset.shows === written) return;
    box.dataset.shows = written;
    box.replaceChildren(...children());
  };

  // dark on white in both themes, with the quiet zone that cameras need
  const drawn = (rows) => {
    const side = rows.length + 8, name = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(name, "svg"), path = document.createElementNS(name, "path");
    picture.setAttribute("viewBox", `0 0 ${side} ${side}`);
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", "QR");
    const squares = rows.flatMap((row, y) =>
      [...row].map((mark, x) => mark === "1" ? `M${x + 4} ${y + 4}h1v1h-1z` : "")
    );
    path.setAttribute("d", squares.join(""));
    picture.append(path);
    return picture;
  };

  luoxia.room = (element) => {
    const faces = Object.fromEntries(
      [...element.querySelectorAll("[data-face]")].map((one) => [one.dataset.face, one]),
    );
    const { door, hall, desk } = faces, words = desk.querySelector("[data-words]").dataset;
    const inside = (part) => desk.querySelector(part);
    const editor = inside(".lx-room-edit"),
      area = editor.querySelector("textarea"),
      file = editor.querySelector("input");
    const revealed = new Set(); // questions whose answer this page has shown
    let mine = luoxia.roomKept("desk"), timer = 0, last = null, shown = "";

    const face = (name) => {
      for (const [other, box] of Object.entries(faces)) box.hidden = other !== name;
      shown = name;
      document.body.classList.toggle("lx-presents", name === "desk");
    };
    const call = (name, sent = {}, read = false) =>
      luoxia.roomCall(name, { room: mine.room, token: mine.key, ...sent }, read);
    const address = () => new URL(`./?${new URLSearchParams({ room: mine.room })}`, document.baseURI);

    // the desk
    const strip = (state) =>
      fillBox(inside(".lx-room-strip"), [state.strip, state.at], () =>
        state.strip.map((step, i) => {
          const button = make("button", { type: "button", title: step.title }, make("b", { textContent: i + 1 }));
          button.append(make("span", { textContent: step.title }));
          if (state.at === i + 1) button.setAttribute("aria-current", "step");
          button.addEventListener("click", () => act("step", { at: i + 1 }));
          return make("li", { className: i + 1 < state.at ? "lx-past" : "" }, button);
        }));
    const ballot = (vote) => {
      const total = vote.counts.reduce((sum, count) => sum + count, 0), known = revealed.has(vote.card);
      const rows = luoxia.turned(
        vote.question,
        vote.answers.map((answer, i) => ({ answer, i, count: vote.counts[i] })),
      );
      const bars = rows.map(({ answer, i, count }) => {
        const bar = make("li", {}, make("span", { textContent: answer }), make("b", { textContent: count }));
        bar.style.setProperty("--share", `${total ? (100 * count) / total : 0}%`);
        if (known && i === 0) bar.dataset.right = "1";
        return bar;
      });
      const box = make(
        "div",
        { className: "lx-ballot" },
        make("p", { textContent: vote.question }),
        make("ul", {}, ...bars),
      );
      const count = make("small", { textContent: fill(text["room.js_count"], { count: total }) });
      if (known) return (box.append(make("p", { className: "lx-small", textContent: vote.reveal }), count), box);
      const button = make("button", { type: "button", className: "lx-button", textContent: words.reveal });
      button.addEventListener("click", () => {
        revealed.add(vote.card);
        show(last);
      });
      box.append(make("div", { className: "lx-line" }, button, count));
      return box;
    };
    const posted = (post) => {
      const name = post.shown ? words.hide : words.show;
      const button = make("button", { type: "button", className: "lx-button", textContent: name });
      button.addEventListener("click", () => act("show", { post: post.id, shown: !post.shown }));
      return luoxia.roomPost(post, mine.room, button);
    };
    const show = (state) => {
      last = state;
      if (shown !== "desk") face("desk");
      desk.dataset.at = state.at;
      inside(".lx-room-code").textContent = state.room;
      const counts = { ...state, exploring: state.people - state.following };
      for (const one of desk.querySelectorAll("[data-count]")) {
        one.firstChild.textContent = counts[one.dataset.count];
        one.classList.toggle("lx-some", counts[one.dataset.count] > 0);
      }
      strip(state);
      luoxia.roomStep(inside(".lx-room-step"), state);
      const next = inside("[data-room=next]"), stage = inside("[data-room=stage]");
      next.textContent = state.at ? words.next : words.begin;
      next.disabled = state.at >= state.steps;
      inside("[data-room=back]").disabled = state.at <= 0;
      inside("[data-room=gather]").hidden = state.people === state.following;
      inside("[data-room=lower]").hidden = !state.hands;
      stage.hidden = !state.now;
      if (state.now) stage.href = state.now.link;
      const votes = inside(".lx-room-votes"), wall = inside(".lx-room-wall"), waiting = inside(".lx-room-waiting");
      votes.querySelector(".lx-small").hidden = state.votes.length > 0;
      fillBox(votes.lastChild, [state.votes, [...revealed]], () => state.votes.slice(0, 3).map(ballot));
      const up = state.wall.filter((post) => post.shown), down = state.wall.filter((post) => !post.shown);
      wall.querySelector(".lx-small").hidden = up.length > 0;
      fillBox(wall.lastChild, up, () => up.map(posted));
      waiting.hidden = !down.length;
      waiting.querySelector("b").textContent = down.length;
      fillBox(waiting.lastChild, down, () => down.map(posted));
    };
    const over = (error) => {
      const gone = error.fault === "room.no_room" || error.fault === "room.wrong_key";
      inside(".lx-room-step output").textContent = error.fault ? error.message : text["room.js_lost"];
      if (!gone) return;
      mine = luoxia.roomKept("desk", null);
      face("door");
      luoxia.toast(text["room.js_over"]);
    };
    const act = (name, sent) =>
      call(name, sent).then((state) => {
        inside(".lx-room-step output").textContent = "";
        show(state);
      }, over);
    const ask = async () => {
      clearTimeout(timer);
      if (!mine) return;
      try {
        const state = await call("desk", {}, true);
        if (mine) show(state);
      } catch (error) {
        over(error);
      }
      if (mine) timer = setTimeout(ask, EVERY);
    };
    const sit = async (state) => {
      const at = address();
      inside(".lx-room-address").textContent = `${at.host}${at.pathname.replace(/\/$/, "")}`;
      inside("[data-loopback]").hidden = !/^(localhost|127\.|\[::1\])/.test(at.hostname);
      if (state) show(state);
      ask();
      const { rows } = await call("qr", { address: at.href });
      inside(".lx-room-qr").replaceChildren(drawn(rows));
      area.value = (await call("source", {}, true)).lesson;
    };

    // what the buttons do
    let sure = false;
    const doing = {
      back: () => act("step", { at: last.at - 1 }),
      next: () => act("step", { at: last.at + 1 }),
      gather: () => act("gather"),
      lower: () => act("lower"),
      load: () => file.click(),
      save: () => {
        const link = make("a", { href: URL.createObjectURL(new Blob([area.value])), download: "lesson.yaml" });
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      },
      use: async () => {
        const line = editor.querySelector("output");
        try {
          show(await call("teach", { lesson: area.value }));
          line.textContent = text["room.js_taught"];
        } catch (error) {
          line.textContent = error.fault ? error.message : text["room.js_lost"];
        }
      },
      close: async (button) => {
        if (!sure) {
          sure = true;
          button.nextSibling.textContent = words.closing;
          return;
        }
        await call("close").catch(() => {});
        clearTimeout(timer);
        mine = luoxia.roomKept("desk", null);
        location.reload();
      },
    };
    desk.addEventListener("click", (event) => {
      const button = event.target.closest("button[data-room]");
      if (button) doing[button.dataset.room](button);
    });
    file.addEventListener("change", async () => {
      area.value = await file.files[0].text();
      file.value = "";
    });

    // the lessons that ship
    luoxia.roomCall("lessons", {}, true).then(({ lessons }) => {
      for (const select of element.querySelectorAll("select")) {
        select.replaceChildren(
          ...lessons.map((lesson, i) =>
            make("option", { value: i, textContent: `${lesson.title} · ${fill(text["room.js_minutes"], lesson)}` })
          ),
        );
      }
      editor.querySelector("select").addEventListener("change", (event) => {
        area.value = lessons[event.target.value].lesson;
      });
      door.querySelector("select").lessons = lessons;
    }, () => {});

    // the door
    for (const form of door.querySelectorAll("form")) {
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const sent = Object.fromEntries(new FormData(form)), line = form.querySelector("output");
        line.textContent = "";
        try {
          if (form.dataset.formOf === "join") return await luoxia.enterRoom(sent.room);
          const lesson = form.elements.lesson.lessons?.[sent.lesson]?.lesson;
          const { key, ...state } = await luoxia.roomCall("open", { ...sent, lesson });
          mine = luoxia.roomKept("desk", { room: state.room, key });
          await sit(state);
        } catch (error) {
          line.textContent = error.fault ? error.message : text["room.js_lost"];
        }
      });
    }

    // the hall: whoever has joined sees the step and the wall
    let hung = -1;
    document.addEventListener("lx-seat", async ({ detail: state }) => {
      if (mine) return;
      face(state ? "hall" : "door");
      if (!state) return;
      luoxia.roomStep(hall, state);
      const wall = hall.querySelector(".lx-room-wall");
      wall.querySelector(".lx-small").hidden = state.posts > 0;
      if (state.hung === hung) return;
      hung = state.hung;
      const found = (await luoxia.roomCall("wall", { room: state.room }, true)).wall;
      wall.lastChild.replaceChildren(...found.map((post) => luoxia.roomPost(post, state.room)));
    });

    if (mine) sit().catch(over);
  };
})();
