// Calls of a room (rooms.py): JSON over the server's own address, below whatever prefix the page stands under.
(() => {
  const { lang } = luoxia;

  // the answer, or an Error with the sentence to show and what is wrong as `fault`
  luoxia.roomCall = async (name, { room, token, ...sent } = {}, read = false) => {
    const query = new URLSearchParams({ lang, ...(room && { room }) });
    const answer = await fetch(`./room/${name}?${query}`, {
      method: read ? "GET" : "POST",
      headers: { "content-type": "application/json", ...(token && { "x-room-token": token }) },
      ...(!read && { body: JSON.stringify(sent) }),
    });
    const found = await answer.json();
    if (answer.ok) return found;
    throw Object.assign(new Error(found.error), { fault: found.fault });
  };

  // what the tab remembers: of a seat {room, person, seen}, of a desk {room, key}
  luoxia.roomKept = (name, value) => {
    try {
      if (value === null) sessionStorage.removeItem(`lx-room-${name}`);
      else if (value) sessionStorage.setItem(`lx-room-${name}`, JSON.stringify(value));
      return JSON.parse(sessionStorage.getItem(`lx-room-${name}`));
    } catch {
      return value || null;
    }
  };

  // where the lesson stands, in the elements of room.py: step()
  luoxia.roomStep = (box, state) => {
    const { text, fill } = luoxia, { now } = state;
    const put = (name, words) => {
      const place = box.querySelector(`.lx-room-${name}`);
      if (place.textContent !== words) place.textContent = words;
    };
    put(
      "where",
      now ? `${fill(text["room.js_step"], state)} · ${fill(text["room.js_minutes"], now)}` : text["room.js_waiting"],
    );
    put("name", now ? now.title : state.lesson);
    put("task", now ? now.task : "");
  };

  // a post of the wall as a card; every text of people only ever as text
  luoxia.roomPost = (post, room, ...tools) => {
    const { make } = luoxia;
    const values = Object.entries(JSON.parse(post.card).values).filter(([, value]) => String(value).length <= 60);
    const link = make("a", { href: post.link, className: "lx-post" });
    if (luoxia.roomKept("desk")) link.target = "lx-stage";
    if (post.picture) {
      const source = `./room/picture?${new URLSearchParams({ room, post: post.id })}`;
      link.append(make("img", { src: source, alt: "", loading: "lazy" }));
    }
    if (post.words) link.append(make("q", { textContent: post.words }));
    link.append(
      make("b", { textContent: post.title }),
      make("small", { textContent: values.map((pair) => pair.join(" ")).join(" · ") }),
    );
    const figure = make("figure", { className: "lx-posted" }, link, ...tools);
    luoxia.keepLanguage(figure);
    return figure;
  };
})();
