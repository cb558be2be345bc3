// Follows what goes on at the server: loads this page again and puts its [data-follow] part in the place of the shown
// one, until it says "off". Without script people load the page themselves.

const PAUSE = 2000;
const PAUSE_AFTER_ERROR = 10000;

const shownPart = () => document.querySelector("[data-follow]");

const say = (part) => {
  const place = document.querySelector("[data-follow-said]");
  const said = part.querySelector("[data-follow-says]")?.dataset.followSays ?? "";
  // The first look only learns what is there; a screen reader hears of changes.
  if (place && place.dataset.last !== undefined && place.dataset.last !== said) place.textContent = said;
  if (place) place.dataset.last = said;
};

const putInPlace = (part) => {
  const focused = shownPart().contains(document.activeElement) ? document.activeElement.id : "";
  shownPart().replaceWith(part);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
};

const look = async () => {
  const answer = await fetch(location.href);
  if (!answer.ok || answer.redirected) return leadOn(answer);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-follow]") ?? leadOn(answer);
};

// Where the work ends on a page of another kind ([data-follow-leads]), people are taken there.
const leadOn = (answer) => {
  if (answer.ok && shownPart().dataset.followLeads !== undefined) location.assign(answer.url);
  return null;
};

const follow = async () => {
  let pause = PAUSE;
  try {
    const part = document.hidden ? shownPart() : await look();
    if (!part) return;
    if (part !== shownPart()) putInPlace(part);
    say(part);
    if (part.dataset.follow !== "on") return;
  } catch {
    pause = PAUSE_AFTER_ERROR;
  }
  setTimeout(follow, pause);
};

say(shownPart());
setTimeout(follow, PAUSE);
