// SPDX-License-Identifier: GPL-2.0-only
"use strict";
// Texts of plots at the pointer at once, instead of the browser's own after a while.
const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
document.body.append(tip);
for (const title of document.querySelectorAll("svg .tip > title")) {
    const part = title.parentNode;
    part.dataset.text = title.textContent;
    title.remove();
}
document.addEventListener("pointermove", (event) => {
    const part = event.target.closest && event.target.closest(".tip");
    tip.hidden = !part;
    if (part) {
        tip.textContent = part.dataset.text;
        tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + "px";
        const below = event.clientY + 16;
        const fits = below + tip.offsetHeight < innerHeight;
        tip.style.top = (fits ? below : Math.max(8, event.clientY - tip.offsetHeight - 12)) + "px";
    }
});
// Folded numbers are printed too.
addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details.printed")) folded.open = true;
});
