// A trace as JSON lines: one object an event, for other tools. The schema stands in `json_schema`, which `--help` prints.
#pragma once

#include <string>
#include <string_view>

#include "core/trace/trace.h"

namespace ipcscope {

inline constexpr std::string_view json_schema =
    R"(One JSON object a line, one line an event, in the order of the trace. Members that do not apply are left out.
  index     position in the trace, from 0
  time_ns   nanoseconds since the run began
  kind      Enter Granted Exit Abandoned Born Image ThreadBorn ThreadEnded Ended Asleep Awake Quiet Found Fact Output
            Unseen Lost Note Host Packet Carried WireSet
  process   number of the process, in order of birth, from 0; never reused
  thread    number of the thread, in order of birth, from 0; never reused
  call      name of the call (Enter, Granted, Exit, Abandoned, Asleep, Awake)
  flags     some of Held Inside Injected Cut
  site      Enter: return address in the program's file
  error     errno of a failed call, by name ("EPIPE")
  arguments Enter: the call's arguments as numbers, by their names
  result    Exit: what the call returned
  values    other kinds: six numbers, as core/events/event.h and fact.h say for each kind
  pair      index of the matching event (Enter: its Exit)
  chunks    bytes that travel with the event: a list of {argument, name, text, true_length}. true_length is how many bytes
            there really were; text may hold fewer. In text, a byte that is no UTF-8 or a control character is written
            \xNN, and a backslash is doubled, so that every byte can be had back.
)";

std::string json_from_event(const Trace& trace, EventIndex index);   // without the newline

// Bytes as text that any terminal and JSON reader can take, losslessly, as json_schema says.
std::string safe_text_from_bytes(std::string_view bytes);

}  // namespace ipcscope
