// Works out anew what terms would see while somebody types; without script the button does it.

const PAUSE = 600;

for (const place of document.querySelectorAll("[data-preview]")) {
  const form = document.getElementById(place.dataset.form);
  const said = place.parentElement.querySelector("[data-preview-says]");
  let timer = 0;
  let asked = 0;

  const show = async () => {
    const number = (asked += 1);
    try {
      const answer = await fetch(place.dataset.preview, { method: "POST", body: new FormData(form) });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const part = await answer.text();
      if (number !== asked) return; // something newer was typed meanwhile
      place.innerHTML = part;
      said.textContent = place.querySelector("[data-says]")?.textContent ?? "";
    } catch {
      if (number === asked) said.textContent = place.dataset.failed;
    }
  };

  place.parentElement.querySelector("[data-preview-button]").hidden = true;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  if ("previewNow" in place.dataset) show();
}
