// Keeps the sums under a seat's form up to date while somebody types. Without script the page says what is stored.

const amountOf = (text) => {
  const typed = Number(text.trim().replace("，", "").replace(",", ""));
  return Number.isFinite(typed) ? typed : 0;
};

for (const line of document.querySelectorAll("[data-shares]")) {
  const field = document.getElementById(line.dataset.field);
  const sum = line.querySelector("[data-sum]");
  const show = () => {
    // In hundredths and back, so that thirds that were rounded by hand come to what people expect.
    sum.textContent = (Math.round((Number(line.dataset.others) + amountOf(field.value)) * 100) / 100).toFixed(2);
  };
  field?.addEventListener("input", show);
  show();
}
