-- A client of the Debug Adapter Protocol in Neovim, as a plugin would write it: vim.loop for the streams, vim.json for the messages.
-- HARTHOP_ADAPTER: JSON, the command to start, for stdio; or HARTHOP_PORT, to connect to. HARTHOP_PROGRAM: what to debug.
-- Says what it saw on stdout, a line each, and ends Neovim.
local uv = vim.uv or vim.loop
local program = os.getenv('HARTHOP_PROGRAM')
local port = os.getenv('HARTHOP_PORT')

local function say(...)
  io.stdout:write(table.concat({ ... }, ' ') .. '\n')
end

local send, gone
local buffer, seq, waiting, events = '', 0, {}, {}

local function receive(chunk)
  buffer = buffer .. chunk
  while true do
    local head, length = buffer:match('^(.-Content%-Length: (%d+).-\r\n\r\n)')
    if not head or #buffer < #head + tonumber(length) then return end
    local message = vim.json.decode(buffer:sub(#head + 1, #head + tonumber(length)))
    buffer = buffer:sub(#head + tonumber(length) + 1)
    if message.type == 'response' then
      waiting[message.request_seq] = message
    else
      table.insert(events, message)
    end
  end
end

local function onread(err, chunk)
  if err or not chunk then gone = true else receive(chunk) end
end

local process
if port then
  local socket = uv.new_tcp()
  socket:connect('127.0.0.1', tonumber(port), function(err)
    assert(not err, err)
    socket:read_start(onread)
    send = function(text) socket:write(text) end
  end)
else
  local command = vim.json.decode(os.getenv('HARTHOP_ADAPTER'))
  local stdin, stdout = uv.new_pipe(false), uv.new_pipe(false)
  process = uv.spawn(command[1], { args = vim.list_slice(command, 2), stdio = { stdin, stdout, nil } }, function(code)
    say('the adapter ended with', code)
    process = nil
  end)
  stdout:read_start(onread)
  send = function(text) stdin:write(text) end
end

local function wait(holds, what)
  if not vim.wait(60000, holds, 5) then
    say('waited in vain for', what)
    vim.cmd('cquit 1')
  end
end

local function request(command, arguments)
  seq = seq + 1
  local mine = seq
  local text = vim.json.encode({ seq = mine, type = 'request', command = command, arguments = arguments })
  send('Content-Length: ' .. #text .. '\r\n\r\n' .. text)
  wait(function() return waiting[mine] end, command)
  local answer = waiting[mine]
  if not answer.success then say(command, 'was refused:', answer.message) end
  return answer.body
end

local function event(name)
  local found
  wait(function()
    for n, each in ipairs(events) do
      if each.event == name then
        found = table.remove(events, n)
        return true
      end
    end
  end, name)
  return found.body
end

local function stopped()
  local stop = event('stopped')
  local frame = request('stackTrace', { threadId = stop.threadId, levels = 1 }).stackFrames[1]
  say('stopped', stop.reason, 'thread ' .. stop.threadId, frame.name, frame.source.name .. ':' .. frame.line)
  return stop.threadId, frame
end

wait(function() return send end, 'a connection')
local capabilities = request('initialize', { adapterID = 'harthop', clientID = 'neovim', pathFormat = 'path' })
say('steps back:', tostring(capabilities.supportsStepBack))
request('launch', { program = program, soc = 'app1-vec1' })
event('initialized')
local set = request('setBreakpoints', { source = { path = program }, breakpoints = { { line = 26 } } })
say('verified:', tostring(set.breakpoints[1].verified))
request('configurationDone')
local thread = stopped()
request('next', { threadId = thread })
thread = stopped()
request('next', { threadId = thread })
local _, frame = stopped()
say('v8 is', request('evaluate', { expression = '$v8.e64', frameId = frame.id, context = 'repl' }).result)
request('stepBack', { threadId = thread })
thread = stopped()
request('setBreakpoints', { source = { path = program }, breakpoints = {} })
request('continue', { threadId = thread })
say('exited with', event('exited').exitCode)
event('terminated')
request('disconnect')
wait(function() return gone and not process end, 'the end')
vim.cmd('qall!')
