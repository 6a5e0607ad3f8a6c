// Joins the passkey forms to django-allauth's WebAuthn code; errors are shown in the page's language.
document.addEventListener('DOMContentLoaded', () => {
  const form = document.querySelector('[data-passkey]')
  if (!form || !window.allauth) return
  const forms = window.allauth.webauthn.forms
  const credential = form.querySelector('[name="credential"]').id
  document.addEventListener('allauth.error', (event) => {
    event.preventDefault()
    document.getElementById('passkey-error').hidden = false
  })
  if (form.dataset.passkey === 'login') {
    forms.loginForm({ ids: { login: 'passkey_login', credential } })
  } else if (form.dataset.passkey === 'authenticate') {
    forms.authenticateForm({ ids: { authenticate: 'passkey_authenticate', credential, data: 'js_data' } })
  } else {
    const passwordless = form.querySelector('[name="passwordless"]')
    passwordless.checked = true
    forms.addForm({ ids: { add: 'passkey_add', passwordless: passwordless.id, credential, data: 'js_data' } })
  }
})
