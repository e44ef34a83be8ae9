// An e-mail in a frame of its own. The sandbox lets nothing in it run, submit or reach this page; a link opens a tab.
export default function ({ data, parentElement }) {
  let frame = parentElement.querySelector("iframe");
  if (!frame) {
    frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
    frame.referrerPolicy = "no-referrer";
    parentElement.querySelector(".email-frame").append(frame);
  }
  frame.title = data.title;
  frame.style.height = `${data.height}px`;
  frame.style.width = data.width;
  if (frame.srcdoc !== data.html) frame.srcdoc = data.html;
}
