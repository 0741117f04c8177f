// What was guessed in this browser, and nowhere else: key of a question -> "right" or "wrong".
(() => {
  const KEY = "lx-guesses";
  const known = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {}; // a private window
    }
  };
  luoxia.guessed = (card, word) => {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...known(), [card]: word }));
    } catch { /* a private window */ }
  };

  // the answers of a question, the right one first, in the order in which its card shows them
  luoxia.turned = (question, answers) => {
    const place = [...question].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % answers.length;
    return [...answers.slice(place), ...answers.slice(0, place)];
  };

  // links to steps: the language goes along, and a step whose question was guessed is marked
  luoxia.paths = (element) => {
    luoxia.keepLanguage(element);
    const guesses = known();
    for (const step of element.querySelectorAll("[data-asks]")) {
      const word = guesses[step.dataset.asks];
      if (word) {
        step.append(luoxia.make("i", { textContent: luoxia.text[`guessed_${word}`], className: `lx-guessed-${word}` }));
      }
    }
  };
})();
