// Keys and dragging on the board of deals. Every card has its form, so all of it works without script, too.

const board = document.querySelector("[data-board]");
const says = document.querySelector("[data-board-says]");
const help = document.querySelector("[data-keys-help]");

const announce = (text) => {
  says.textContent = "";
  // A tick later, so that the same words twice are read twice.
  window.setTimeout(() => { says.textContent = text; }, 50);
};

const lanes = board ? [...board.querySelectorAll("[data-lane]")] : [];
const cardsIn = (lane) => [...lane.querySelectorAll("[data-card]")];
const laneOf = (card) => card.closest("[data-lane]");

// One card at a time takes the Tab key; the arrows go on from it.
const take = (card) => {
  for (const other of board.querySelectorAll("[data-card]")) other.tabIndex = other === card ? 0 : -1;
  card.focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const beside = (card, step) => {
  const place = cardsIn(laneOf(card)).indexOf(card);
  for (let at = lanes.indexOf(laneOf(card)) + step; lanes[at]; at += step) {
    const cards = cardsIn(lanes[at]);
    if (cards.length) return cards[Math.min(place, cards.length - 1)];
  }
  return null;
};

const along = (card, step) => {
  const cards = cardsIn(laneOf(card));
  return cards[cards.indexOf(card) + step] ?? null;
};

const send = (card, lane) => {
  const form = card.querySelector("form");
  if (!form || !lane) {
    announce(board.dataset.atEnd);
    return;
  }
  form.elements.stage_id.value = lane.dataset.lane;
  announce(board.dataset.moving.replace("{firm}", card.dataset.firm).replace("{stage}", lane.dataset.name));
  form.requestSubmit();
};

const next = (card, step) => lanes[lanes.indexOf(laneOf(card)) + step];

const KEYS = {
  ArrowLeft: (card) => beside(card, -1),
  ArrowRight: (card) => beside(card, 1),
  ArrowUp: (card) => along(card, -1),
  ArrowDown: (card) => along(card, 1),
};

board?.addEventListener("keydown", (event) => {
  const card = event.target;
  if (!card.matches("[data-card]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in KEYS) {
    event.preventDefault();
    const to = KEYS[event.key](card);
    if (to) take(to);
  } else if (event.key === "Enter") {
    card.querySelector("a").click();
  } else if (["m", "]", "["].includes(event.key) && document.documentElement.dataset.keys !== "off") {
    event.preventDefault();
    send(card, next(card, event.key === "[" ? -1 : 1));
  }
});

// Dragging is one more way, never the only one.
let dragged = null;
for (const card of board?.querySelectorAll("[data-card]:has(form)") ?? []) {
  card.draggable = true;
  card.addEventListener("dragstart", () => { dragged = card; });
}
for (const lane of lanes) {
  lane.addEventListener("dragover", (event) => {
    if (dragged && laneOf(dragged) !== lane) event.preventDefault();
  });
  lane.addEventListener("drop", (event) => {
    event.preventDefault();
    if (dragged && laneOf(dragged) !== lane) send(dragged, lane);
  });
}

if (board) {
  if (help) help.hidden = false;
  const moved = location.hash.startsWith("#card-") && document.getElementById(location.hash.slice(1));
  const first = board.querySelector("[data-card]");
  if (moved) {
    take(moved);
    announce(document.querySelector(".note-success > div")?.textContent.trim() ?? "");
  } else if (first) {
    first.tabIndex = 0;
  }
}
