// What three networks expect at a place of a text that one clicks, flattened by a temperature, beside what came there.
// Value: {prompt, characters: of the vocabulary, temperature, finest: steps of a nat, expected: for each network, for
// each place, the log probability of every character in such steps}
(() => {
  const { make, fill } = luoxia;
  const SHOWN = 8, KINDS = ["water", "glow", "reed"]; // characters that have bars; colours of the networks
  const desks = {};

  // the slider of the form, which acts without the server
  luoxia.softTemperature = (name, temperature) => {
    const desk = desks[name];
    if (desk && Number(temperature) >= 1) {
      desk.temperature = Number(temperature);
      desk.draw();
    }
  };

  const softened = (row, temperature) => {
    const best = Math.max(...row), found = row.map((one) => Math.exp((one - best) / temperature));
    const sum = found.reduce((total, one) => total + one, 0);
    return found.map((one) => one / sum);
  };
  // sum of p log(p / q), in nats; without q, how undecided p is
  const nats = (p, q) => p.reduce((sum, one, i) => sum + (one > 0 ? one * Math.log(one / (q ? q[i] : 1)) : 0), 0);

  luoxia.soft = (element, props, watch) => {
    const root = element.querySelector(".lx-soft"), words = JSON.parse(root.dataset.words);
    const title = root.querySelector(".lx-soft-title"), list = root.querySelector("ul");
    const lines = [...root.querySelectorAll(".lx-soft-note")];
    const desk = (desks[root.dataset.form] = { temperature: null, draw: () => {} });
    let value = null, place = 1, signs = [];

    const bar = (share, top, kind, name) => {
      const fillIn = make("i", { className: `lx-soft-${kind}` });
      fillIn.style.width = `${(100 * share) / top}%`;
      return make(
        "span",
        { className: "lx-soft-bar", title: `${name} · ${luoxia.percent(share)}` },
        make("span", { className: "lx-soft-way" }, fillIn),
        make("small", { textContent: luoxia.percent(share) }),
      );
    };

    desk.draw = () => {
      if (!value) return;
      const temperature = desk.temperature;
      const odds = value.expected.map((rows) =>
        softened(rows[place - 1].map((one) => one / value.finest), temperature)
      );
      const came = signs[place], label = value.characters.indexOf(came);
      const order = odds[0].map((p, i) => [p, i]).sort((one, other) => other[0] - one[0]).slice(0, SHOWN).map((
        [, i],
      ) => i);
      if (!order.includes(label)) order.push(label);
      const top = Math.max(...order.flatMap((i) => odds.map((p) => p[i])));
      script.spans.forEach((span, i) => span.classList.toggle("lx-lamp", i === place));
      title.textContent = `${words.after} …${
        luoxia.sign(signs.slice(Math.max(0, place - 16), place).join("")).replaceAll("␣", " ")
      }`;
      list.replaceChildren(...order.map((i) => {
        const sign = luoxia.sign(value.characters[i]);
        return make(
          "li",
          { className: i === label ? "lx-chosen" : "" },
          make("b", { textContent: sign }),
          make(
            "div",
            {},
            ...odds.map((p, side) => bar(p[i], top, KINDS[side], `${sign} · ${words.names[side]}`)),
          ),
        );
      }));
      lines[0].textContent = fill(words.label, {
        label: luoxia.sign(came),
        p: luoxia.percent(odds[0][label]),
        nats: (-nats(odds[0])).toFixed(2),
        temperature,
      });
      lines[1].textContent = fill(words.apart, {
        student: nats(odds[0], odds[1]).toFixed(2),
        alone: nats(odds[0], odds[2]).toFixed(2),
      });
      root.dataset.place = place;
      root.dataset.temperature = temperature;
    };

    const script = luoxia.tokenText(root.querySelector(".lx-text"), {
      pick: (at) => {
        place = Math.max(1, at);
        desk.draw();
      },
    });

    const show = () => {
      if (!props.value || !props.value.expected) return;
      value = props.value;
      desk.temperature = value.temperature;
      signs = [...value.prompt];
      place = Math.min(place === 1 ? value.place || 1 : place, signs.length - 1);
      script.clear();
      script.add(signs.map((sign, i) => {
        const p = i ? Math.exp(value.expected[0][i - 1][value.characters.indexOf(sign)] / value.finest) : 1;
        return [sign, p, 1, 0, []];
      }));
      root.querySelector(".lx-text").scrollTop = 0;
      desk.draw();
      root.dataset.ready = String(1 + (+root.dataset.ready || 0));
    };
    watch("value", show);
    show();
  };
})();
