// The table of live sessions is fetched anew when the stream says that something changed.
const watchSessions = () => {
  const place = document.querySelector('[data-live-table]')
  if (!place || !window.EventSource) return
  const stream = new EventSource(place.dataset.liveTable)
  stream.addEventListener('message', () => place.dispatchEvent(new Event('refresh')))
  window.addEventListener('pagehide', () => stream.close())
}
window.addEventListener('load', () => window.setTimeout(watchSessions, 500))
