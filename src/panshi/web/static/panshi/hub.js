// The joint SOC's pages by keyboard, and what is new while one is open. J and K move between rows,
// Enter opens the row, R reloads, T takes a ticket, N goes to the note. All of it works without.
const rows = () => [...document.querySelectorAll('[data-row]')]
const rowOf = (element) => rows().findIndex((row) => row.contains(element))
const moveBy = (step) => {
  const all = rows()
  const next = rowOf(document.activeElement) + step
  all[Math.min(Math.max(next, 0), all.length - 1)]?.querySelector('a')?.focus()
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input, textarea, select, [contenteditable]')) return
  const key = event.key.toLowerCase()
  if (key === 'j' || key === 'k') moveBy(key === 'j' ? 1 : -1)
  else if (key === 'r') window.location.reload()
  else if (key === 't') document.querySelector('[data-take]')?.click()
  else if (key === 'n') document.querySelector('[data-note]')?.focus()
  else return
  event.preventDefault()
})
const listenToHub = () => {
  const place = document.querySelector('[data-hub-stream]')
  if (!place || !window.EventSource) return
  const news = place.querySelector('[data-hub-news]')
  let first = null
  const stream = new EventSource(place.dataset.hubStream)
  stream.addEventListener('message', (event) => {
    const told = JSON.parse(event.data)
    if (!('tickets' in told)) return
    first = first || told
    const words = []
    const more = told.tickets - first.tickets
    if (more > 0) words.push(news.dataset.word.replace('{n}', more))
    if (told.changes !== first.changes) words.push(news.dataset.wordCampaigns)
    news.textContent = words.join(' · ')
    place.querySelector('[data-hub-reload]').hidden = words.length === 0
  })
  window.addEventListener('pagehide', () => stream.close())
}
window.addEventListener('load', () => window.setTimeout(listenToHub, 300))
