// Keeps what is typed into a long form while somebody types; without script the "Keep draft" button does it.

const PAUSE = 1500;

for (const form of document.querySelectorAll("form[data-draft]")) {
  const state = form.querySelector("[data-draft-state]");
  let timer = 0;
  let isSent = false;

  const keep = async () => {
    clearTimeout(timer);
    timer = 0;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), keepalive: true });
      if (state) state.textContent = answer.ok ? form.dataset.kept : form.dataset.notKept;
    } catch {
      if (state) state.textContent = form.dataset.notKept;
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    isSent = true;
    clearTimeout(timer);
  });
  window.addEventListener("pagehide", () => {
    if (timer && !isSent) keep();
  });
}
