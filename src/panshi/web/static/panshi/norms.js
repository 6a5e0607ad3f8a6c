// The overlap workbench by keyboard: J and K move between pairs, C and R open the decision of the
// pair and put the cursor into its reason. Everything works with the mouse alone too.
const pairs = () => [...document.querySelectorAll('[data-pair]')]
const current = () => pairs().findIndex((pair) => pair.contains(document.activeElement))
const open = (decision) => {
  const pair = pairs()[Math.max(current(), 0)]
  const box = pair?.querySelector('details')
  if (!box) return
  box.open = true
  const form = box.querySelector('form')
  form.querySelector('button[hidden]')?.remove()
  const pressed = form.querySelector(`button[value="${decision}"]`)
  form.prepend(pressed.cloneNode(true))
  form.firstElementChild.hidden = true
  form.querySelector('[name=reason]').focus()
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest('input, textarea, select')) return
  const key = event.key.toLowerCase()
  if (key === 'j' || key === 'k') {
    const all = pairs()
    const next = current() + (key === 'j' ? 1 : -1)
    all[Math.min(Math.max(next, 0), all.length - 1)]?.focus()
  } else if (key === 'c' || key === 'r') {
    open(key === 'c' ? 'confirmed' : 'rejected')
  } else return
  event.preventDefault()
})
