// Keyboard: "/" goes to the page's own filter, or to the search of everything; Ctrl K always to the
// latter, Escape closes what it offers. Everything else works without script.
const focusOn = (field, event) => {
  if (!field) return
  event.preventDefault()
  field.focus()
  field.select()
}
document.addEventListener('keydown', (event) => {
  const everything = document.querySelector('[data-find]')
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) return focusOn(everything, event)
  if (event.key === 'Escape') document.getElementById('suggest')?.replaceChildren()
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input, textarea, select, [contenteditable]')) return
  focusOn(document.querySelector('main [data-search]') || everything, event)
})
