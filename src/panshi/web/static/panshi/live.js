// What happens while the page is open: counts beside their places, and a word when verdicts changed.
// The stream opens a moment after the page is there and closes with it.
const listen = () => {
  const address = document.body.dataset.events
  if (!address || !window.EventSource) return
  const shown = (name) => document.querySelectorAll(`[data-live="${name}"]`)
  const stream = new EventSource(address)
  stream.addEventListener('message', (event) => {
    const told = JSON.parse(event.data)
    for (const name of ['inbox', 'unread']) {
      if (!(name in told)) continue
      for (const place of shown(name)) {
        place.textContent = told[name]
        place.hidden = told[name] === 0
      }
    }
    if (told.changed) for (const place of shown('changed')) place.textContent = place.dataset.word
    for (const place of document.querySelectorAll('[data-live-log]')) place.dispatchEvent(new Event('refresh'))
  })
  window.addEventListener('pagehide', () => stream.close())
}
window.addEventListener('load', () => window.setTimeout(listen, 500))
