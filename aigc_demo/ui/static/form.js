// What every form carries around its controls: the lock and the dice of a seed, presets, saving, links, scripts. The
// buttons are plain markup (toolbar.py) with listeners here. What they need of the controls goes through `values`, an
// event of the form's view that stays in the browser.
(() => {
  const { text } = luoxia;
  const SETTLING = 600; // milliseconds that the server is given to end a run
  const TASK = 1500; // characters of a task that are shown
  const forms = {}; // use case -> {trigger, aside}, once its tab has been opened
  const waiting = {}; // use case -> what is to be done with the values, in order
  luoxia.heard = new Set(); // fields that change how a result is played, not the result

  // change(values, labels): values of the simple controls by field; what it returns is set
  luoxia.values = (useCase, change) => {
    (waiting[useCase] ||= []).push(change);
    forms[useCase].trigger("values");
  };
  luoxia.exchanged = (useCase, labels, now) => {
    const names = Object.keys(labels), change = waiting[useCase]?.shift();
    const wanted = change?.(Object.fromEntries(names.map((name, i) => [name, now[i]])), labels) || {};
    return names.map((name) => wanted[name]); // undefined leaves a control as it is
  };

  luoxia.form = (element, _props, _watch, trigger) => {
    const aside = element.querySelector(".lx-task");
    forms[aside.dataset.form] = { trigger, aside };
    setTimeout(() => luoxia.activated(() => luoxia.woken(aside.dataset.form)), 50);
  };
  luoxia.awake = (useCase) => useCase in forms;
  luoxia.visibleForm = () =>
    Object.keys(forms).find((useCase) => document.getElementById(`tab-${useCase}`)?.offsetParent);

  // what a link or a card asks of a form: {values, lock, hide, task}
  luoxia.grant = (useCase, wish) => {
    const { trigger, aside } = forms[useCase];
    const task = String(wish.task || "").slice(0, TASK);
    aside.hidden = !task;
    aside.replaceChildren(...(task ? [luoxia.make("b", { textContent: text.task }), task] : []));
    for (const tools of document.querySelectorAll(`.lx-seed-tools[data-form="${useCase}"]`)) {
      const { field } = tools.dataset, locked = wish.lock.includes(field);
      tools.hidden = wish.hide.includes(field);
      tools.querySelectorAll("button").forEach((button) => {
        button.disabled = locked;
      });
      if (locked || tools.hidden || field in wish.values) {
        tools.querySelector(".lx-lock").setAttribute("aria-pressed", "true");
      }
    }
    luoxia.values(useCase, (now) => {
      const other = ([name, value]) => name in now && String(now[name]) !== String(value);
      luoxia.changed(useCase, Object.entries(wish.values).filter(other));
    });
    trigger("restore", wish);
  };

  // seeds
  luoxia.newSeed = () => crypto.getRandomValues(new Uint32Array(1))[0];
  luoxia.drawSeed = (
    useCase,
    field,
    seed,
  ) => (document.getElementById(`${useCase}-${field}-lock`)?.getAttribute("aria-pressed") === "false"
    ? luoxia.newSeed()
    : seed);

  // a run: the bench of the use case knows that it is busy
  const bench = (useCase) => document.getElementById(`${useCase}-run`)?.closest(".lx-bench");
  // the result that is shown belongs to other settings than those that were just set; only where there is Run does it
  // stay so for long enough to be shown
  luoxia.outdated = (useCase) => {
    const here = document.querySelector(`#tab-${useCase} .lx-bench`);
    if (!here || here.dataset.busy) return;
    here.dataset.outdated = "1";
    here.dispatchEvent(new CustomEvent("lx-outdated"));
  };
  luoxia.changed = (useCase, values) => {
    if (values.some(([name]) => !luoxia.heard.has(name))) luoxia.outdated(useCase);
  };
  luoxia.begin = (useCase, field, place, values) => {
    const here = bench(useCase);
    if (here) {
      here.dataset.busy = "1";
      delete here.dataset.outdated;
      here.dispatchEvent(new CustomEvent("lx-start"));
    }
    const seed = place < 0 ? undefined : luoxia.drawSeed(useCase, field, values[place]);
    if (place < 0 || seed === values[place]) return values;
    luoxia.values(useCase, () => ({ [field]: seed }));
    return values.with(place, seed);
  };
  luoxia.idle = (useCase, sentence) => {
    const here = bench(useCase);
    if (!here || !here.dataset.busy) return;
    delete here.dataset.busy;
    here.dispatchEvent(new CustomEvent("lx-end"));
    const facts = [...here.querySelectorAll(".lx-badge span")].map((part) => part.textContent);
    luoxia.say(sentence || [text.done, ...facts].join(text.comma));
  };
  luoxia.stopped = (useCase) => {
    luoxia.idle(useCase, text.stopped);
    const run = document.getElementById(`${useCase}-run`); // Gradio overhears it until the server has answered the stop
    if (!run) return;
    run.disabled = true;
    setTimeout(() => {
      run.disabled = false;
    }, SETTLING);
  };
  luoxia.saving = (useCase, place, values) =>
    values.with(place, document.querySelector(`#${useCase}-format input:checked`)?.value ?? values[place]);

  // Controls set by a preset or a card, and the result made of them at once: by Run where there is one, else by the
  // change itself. What a lesson has locked or hidden stays; a run that is under way is stopped first.
  const due = new Set(); // use cases whose Run is pressed as soon as their controls stand
  luoxia.set = (useCase, wanted) => {
    const { lock, hide } = luoxia.lessonHere(useCase);
    const entries = Object.entries(wanted).filter(([name]) => !lock.includes(name) && !hide.includes(name));
    due.add(useCase);
    luoxia.values(useCase, () => Object.fromEntries(entries));
  };
  luoxia.settled = (useCase) => {
    const run = document.getElementById(`${useCase}-run`);
    if (!due.delete(useCase) || !run) return;
    const busy = bench(useCase)?.dataset.busy;
    if (busy) document.getElementById(`${useCase}-stop`)?.click();
    setTimeout(() => run.click(), busy ? 2 * SETTLING : 0);
  };

  // values and labels of what a person has set; a time machine has a row of buttons and no form
  const settings = (useCase, use) =>
    useCase in forms ? luoxia.values(useCase, (values, labels) => use(useCase, values, labels)) : use(useCase, {}, {});

  // the buttons
  const actions = {
    preset: (useCase, button) => luoxia.set(useCase, JSON.parse(button.dataset.values)),
    save: (useCase) => forms[useCase].trigger("save"),
    python: (useCase) => forms[useCase].trigger("python"),
    link: (useCase) => settings(useCase, luoxia.link),
    pin: (useCase) => settings(useCase, luoxia.pin),
    board: () => luoxia.board(),
    lesson: (useCase) => settings(useCase, luoxia.lesson),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button"), place = button?.closest("[data-form]");
    if (!place) return;
    const { form, field } = place.dataset;
    if (button.matches(".lx-lock")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") === "false"));
    } else if (button.matches(".lx-dice")) luoxia.values(form, () => ({ [field]: luoxia.newSeed() }));
    else actions[button.dataset.do]?.(form, button);
  });
})();
