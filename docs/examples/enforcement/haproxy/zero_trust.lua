-- Asks the decision point about one request and keeps its answer in variables of the transaction.
-- Without an answer no variable is set, and the configuration refuses the request.
local POINT = "http://127.0.0.1:8430/zt/v1/forward-auth"
local TOKEN = "enforcement-point-token"
local KEPT = {
  zt_user = "x-panshi-user",
  zt_assurance = "x-panshi-assurance",
  zt_trust = "x-panshi-trust",
  zt_decision = "x-panshi-decision",
  zt_challenge = "www-authenticate",
  zt_place = "location",
}

local function first(headers, name)
  local values = headers[name]
  return values and values[0]
end

core.register_action("zero_trust", { "http-req" }, function(txn)
  local headers = txn.http:req_get_headers()
  local asked = {
    ["x-original-method"] = { txn.f:method() },
    ["x-original-uri"] = { txn.sf:pathq() },
    ["x-original-host"] = { first(headers, "host") or "" },
    ["x-forwarded-for"] = { txn.sf:src() },
    ["authorization"] = { "Bearer " .. TOKEN },
  }
  for to, from in pairs({
    cookie = "cookie",
    accept = "accept",
    ["x-original-authorization"] = "authorization",
    ["x-http-method-override"] = "x-http-method-override",
  }) do
    local value = first(headers, from)
    if value then
      asked[to] = { value }
    end
  end
  local answer = core.httpclient():get({ url = POINT, headers = asked, timeout = 500 })
  if not answer or not answer.status or answer.status == 0 then
    return
  end
  if answer.status ~= 200 and answer.status ~= 401 and answer.status ~= 403 then
    return
  end
  for variable, name in pairs(KEPT) do
    local value = answer.headers[name] and answer.headers[name][0]
    if value then
      txn:set_var("txn." .. variable, value)
    end
  end
  txn:set_var("txn.zt_body", answer.body or "")
  txn:set_var("txn.zt_status", answer.status)
end)
