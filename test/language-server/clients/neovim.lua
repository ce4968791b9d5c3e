-- Neovim's own client of the language server, as docs/editors.md sets it up: diagnostics, hover, definition, an edit, formatting, hints.
-- HARTHOP_SERVER is the server's command as JSON, HARTHOP_FILE the file to look at.
local said = {}
local function say(text) table.insert(said, text) end
local function finish()
  io.stdout:write(table.concat(said, '\n') .. '\n')
  vim.cmd('qall!')
end
local function wait(what, ready)
  if not vim.wait(60000, ready, 20) then
    say('waited in vain for ' .. what)
    finish()
  end
end

local function converse()
  local ended
  local id = vim.lsp.start_client({
    name = 'harthop',
    cmd = vim.json.decode(vim.env.HARTHOP_SERVER),
    root_dir = vim.fn.getcwd(),
    settings = { harthop = { soc = 'app2-vec1' } },
    on_exit = function(code, signal) ended = code .. ' ' .. signal end,
  })
  vim.cmd('edit ' .. vim.env.HARTHOP_FILE)
  local buffer = vim.api.nvim_get_current_buf()
  vim.lsp.buf_attach_client(buffer, id)

  local function diagnostics()
    local list = {}
    for _, each in ipairs(vim.diagnostic.get(buffer)) do
      table.insert(list, string.format('%03d %s', each.lnum + 1, each.message:match('^[^:]*')))
    end
    table.sort(list)
    return list
  end
  wait('diagnostics', function() return #diagnostics() > 0 end)
  for _, each in ipairs(diagnostics()) do say(each) end

  -- A place in the buffer: the first line that holds a text, and the column where it begins.
  local function at(text)
    for line, content in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
      local column = content:find(text, 1, true)
      if column then return { line = line - 1, character = column - 1 } end
    end
  end
  local function ask(method, params)
    params.textDocument = vim.lsp.util.make_text_document_params(buffer)
    local answers = vim.lsp.buf_request_sync(buffer, method, params, 60000)
    local answer = answers and answers[id] or {}
    if answer.err then say(method .. ' failed: ' .. answer.err.message) end
    return answer.result
  end

  local hover = ask('textDocument/hover', { position = at('vadd.vv v3') })
  say('hover: ' .. vim.split(hover.contents.value, '\n')[2])
  local label = at('1b')
  local definition = ask('textDocument/definition', { position = label })
  say('defined in line ' .. (definition[1].range.start.line + 1))

  local whole = { start = { line = 0, character = 0 }, ['end'] = { line = 1000, character = 0 } }
  for _, hint in ipairs(ask('textDocument/inlayHint', { range = whole })) do
    say('hint in line ' .. (hint.position.line + 1) .. ': ' .. hint.label)
  end
  -- From Neovim 0.10 on it shows them itself.
  if vim.lsp.inlay_hint and vim.lsp.inlay_hint.enable then
    vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
    wait('shown hints', function() return #vim.lsp.inlay_hint.get({ bufnr = buffer }) > 0 end)
  end

  -- The mistake is mended: what it was told for goes.
  local wrong = at('adi ')
  local before = #diagnostics()
  vim.api.nvim_buf_set_text(buffer, wrong.line, wrong.character, wrong.line, wrong.character + 3, { 'addi' })
  wait('fewer diagnostics', function() return #diagnostics() < before end)
  say('an edit: ' .. before - #diagnostics() .. ' less')

  local edits = ask('textDocument/formatting', { options = { tabSize = 8, insertSpaces = true } })
  say('formatting: ' .. (#edits > 0 and 'edits' or 'none'))

  vim.lsp.stop_client(id)
  wait('the end of the server', function() return ended ~= nil end)
  say('the server ended with ' .. ended)
end

local fine, mistake = pcall(converse)
if not fine then say(mistake) end
finish()
