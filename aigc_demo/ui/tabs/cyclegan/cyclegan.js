// The views of the CycleGAN tab: there and back, the ways side by side, and the course of both trainings.
(() => {
  const { fill } = luoxia;
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const whole = (
    share,
    words,
  ) => (share > 0.995 ? words.nearly_all : share < 0.005 ? words.nearly_none : `${Math.round(100 * share)} %`);
  const ends = (
    value,
    words,
  ) => (value.direction === "to_google" ? [words.twitter, words.google] : [words.google, words.twitter]);

  // Value: {sheets, direction, cycle_error, readings: [{vendor_share, score}], away: [nothing, translated] with a true
  // pair} tiles: picture, there, back, same, error, the critic's view of picture and there, and with a pair: truth, its
  // view
  const PLACES = {
    picture: 0,
    there: 1,
    back: 2,
    same: 3,
    error: 4,
    critic_picture: 5,
    critic_there: 6,
    truth: 7,
    critic_truth: 8,
  };
  const UNDER = { critic_picture: "picture", critic_there: "there", critic_truth: "truth" };

  luoxia.trip = (element, props, watch) => {
    const root = element.querySelector(".lx-trip-view"), words = JSON.parse(root.dataset.words);
    const figures = Object.fromEntries(
      [...root.querySelectorAll("[data-tile]")].map((figure) => [figure.dataset.tile, figure]),
    );
    const arrows = [...root.querySelectorAll(".lx-arrow span")];

    luoxia.sheet(element, props, watch, (value, draw) => {
      const pair = Boolean(value.away), [from, to] = ends(value, words);
      for (const [name, figure] of Object.entries(figures)) {
        const seen = pair || !name.endsWith("truth");
        figure.hidden = !seen;
        if (!seen) continue;
        const canvases = [...figure.querySelectorAll("canvas")],
          kind = UNDER[name] ? "signed" : name === "error" ? "grey" : "colour";
        draw(canvases.at(-1), PLACES[name], kind);
        if (UNDER[name]) draw(canvases[0], PLACES[UNDER[name]], "colour");
      }
      const [before, after, drawn] = value.readings;
      const score = (reading) => reading && fill(words.score, { score: reading.score.toFixed(2).replace("-", "−") });
      const notes = {
        picture: pair ? fill(words.style, { vendor: from }) : words.yours,
        there: fill(words.style, { vendor: to }),
        back: fill(words.off, { error: percent(value.cycle_error) }),
        same: words.same_note,
        error: fill(words.error_note, { error: percent(value.cycle_error) }),
        truth: pair ? fill(words.truth_note, { vendor: to }) : "",
        critic_picture: score(before),
        critic_there: score(after),
        critic_truth: score(drawn),
      };
      for (const [name, note] of Object.entries(notes)) {
        figures[name].querySelector("figcaption span").textContent = note || "";
      }
      arrows.forEach((arrow, i) => {
        arrow.textContent = [to, from][i];
      });
      const facts = {
        to,
        before: whole(before.vendor_share, words),
        after: whole(after.vendor_share, words),
        cycle: percent(value.cycle_error),
      };
      const away = pair
        ? fill(words.says_pair, { to, nothing: percent(value.away[0]), there: percent(value.away[1]) })
        : "";
      luoxia.sentence(root.querySelector(".lx-verdict"), fill(words.says, facts) + away);
    });
  };

  // Value: {sheets, direction, errors: {nothing: [8], without: [8], cycle: [8]}}; tiles: eight of each, then of the
  // truth
  luoxia.rivals = (element, props, watch) => {
    const root = element.querySelector(".lx-rivals-view"), words = JSON.parse(root.dataset.words);
    const rows = [...root.querySelectorAll("[data-row]")];
    const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

    luoxia.sheet(element, props, watch, (value, draw) => {
      const [from, to] = ends(value, words), names = Object.keys(value.errors);
      const least = value.errors.nothing.map((_, i) => Math.min(...names.map((name) => value.errors[name][i])));
      rows.forEach((row, place) => {
        const errors = value.errors[row.dataset.row];
        row.querySelectorAll("canvas").forEach((canvas, i) => draw(canvas, 8 * place + i, "colour"));
        row.querySelectorAll("figcaption").forEach((line, i) => {
          line.textContent = errors ? percent(errors[i]) : "";
          line.classList.toggle("lx-least", Boolean(errors) && errors[i] === least[i]);
        });
        row.querySelector("p span").textContent = errors
          ? fill(words.mean, { error: percent(mean(errors)) })
          : fill(words.truth_of, { vendor: to });
      });
      const facts = Object.fromEntries(names.map((name) => [name, percent(mean(value.errors[name]))]));
      luoxia.sentence(root.querySelector(".lx-verdict"), fill(words.compare_says, { from, to, ...facts }));
    });
  };

  // Value: {facts: address of the JSON file, sheet: address of its pictures}; the sheet has a row of originals, then
  // for every moment a row with the cycle term and one without
  luoxia.epochs = (element, props) => {
    const root = element.querySelector(".lx-epochs"), address = props.value;
    if (!address) return;
    const words = JSON.parse(root.dataset.words);
    const rows = [...root.querySelectorAll("[data-row]")],
      [error, losses, game] = root.querySelectorAll(".lx-chart svg");
    const range = root.querySelector("input[type=range]"),
      output = root.querySelector("output"),
      play = root.querySelector(".lx-play");
    const facts = root.querySelector(".lx-facts-line"), sheet = new Image();
    let course = null, at = 0;

    function pictures(index) {
      if (!sheet.complete || !sheet.naturalWidth) return;
      const side = course.side;
      rows.forEach((row, place) =>
        row.querySelectorAll("canvas").forEach((canvas, i) => {
          const top = place ? 2 * index + place : 0;
          [canvas.width, canvas.height] = [side, side];
          canvas.getContext("2d").drawImage(sheet, side * i, side * top, side, side, 0, 0, side, side);
        })
      );
    }

    // moments lie close together at the start, so the axis is stretched there: a step per moment
    function charts(index) {
      const seen = course.moments, last = seen.length - 1;
      const xs = [0, Math.round(last / 2), last].map((i) => [i, luoxia.count(seen[i].pictures)]);
      const line = (kind, name) => {
        const points = seen.map((moment, i) => [i, moment[name]]).filter(([, value]) =>
          value !== null && value !== undefined
        );
        return { kind, points, dots: points.filter(([i]) => i === index) };
      };
      const draw = (box, lines, up, level, lowest = 0) => {
        const values = lines.flatMap(({ points }) => points.map(([, value]) => value)).concat(level ? level.at : []);
        const y = [lowest * Math.min(...values), 1.12 * Math.max(...values)];
        luoxia.chart(box, { x: [0, last], y, xs, across: words.across, up, lines, level });
      };
      // the first is far off
      const late = ({ kind, points, dots }) => ({ kind, points: points.slice(1), dots: dots.filter(([i]) => i) });
      const both = [late(line("glow", "error")), late(line("water", "error_without"))];
      draw(error, both, words.shade, { at: course.nothing, words: words.nothing }, 0.85);
      draw(losses, [line("glow", "cycle"), line("water", "identity")], words.loss);
      draw(game, [line("glow", "fool"), line("water", "critic")], words.loss, { at: 0.5, words: words.guess });
    }

    function show(index) {
      at = index;
      pictures(index);
      charts(index);
      const moment = course.moments[index];
      output.textContent = `${index + 1} / ${course.moments.length} · ${
        moment.pictures.toLocaleString("en-US")
      } ${words.pictures}`;
      facts.textContent = fill(words.facts, {
        minutes: moment.minutes.toFixed(1),
        error: percent(moment.error / 100),
        nothing: percent(course.nothing / 100),
      });
      range.value = index;
      luoxia.filled(range);
      range.setAttribute("aria-valuetext", `${output.textContent} · ${facts.textContent}`);
      root.dataset.frame = index;
    }

    luoxia.player(root, play, range, show, 900);

    async function arrive() {
      course = await (await fetch(address.facts)).json();
      range.max = course.moments.length - 1;
      sheet.onload = () => {
        pictures(at);
        root.dataset.ready = "1";
      };
      sheet.src = address.sheet;
      show(0);
    }
    luoxia.onceSeen(root, arrive);
    luoxia.onTheme(() => course && charts(at));
  };
})();
