// Keeps what is typed into a long form while somebody types; without script the "Keep draft" button does it.

const PAUSE = 1500;
const LONGEST_WAIT = 3000;

for (const form of document.querySelectorAll("form[data-draft]")) {
  const state = form.querySelector("[data-draft-state]");
  let timer = 0;
  let isSent = false;
  let onItsWay = null;

  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    const sending = send().finally(() => { if (onItsWay === sending) onItsWay = null; });
    onItsWay = sending;
  };
  const send = async () => {
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
  form.addEventListener("submit", (event) => {
    isSent = true;
    clearTimeout(timer);
    if (!onItsWay) return;
    // A draft that arrives behind the form it belongs to would come back as if the form had never been sent.
    event.preventDefault();
    event.stopImmediatePropagation();
    const tooLong = new Promise((resolve) => { setTimeout(resolve, LONGEST_WAIT); });
    const goOn = () => { onItsWay = null; form.requestSubmit(event.submitter); };
    Promise.race([onItsWay, tooLong]).then(goOn);
  });
  window.addEventListener("pagehide", () => {
    if (timer && !isSent) keep();
  });
}
