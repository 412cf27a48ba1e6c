#include "core/trace/json.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/trace/utf8.h"

namespace ipcscope {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kind_names = std::to_array<std::string_view>(
    {"Enter", "Granted", "Exit", "Abandoned", "Born", "Image", "ThreadBorn", "ThreadEnded", "Ended", "Asleep", "Awake", "Quiet",
     "Found", "Fact", "Output", "Unseen", "Lost", "Note", "Host", "Packet", "Carried", "WireSet"});
static_assert(kind_names.size() == static_cast<std::size_t>(last_event_kind) + 1);

struct FlagName {
    std::uint8_t bit;
    std::string_view name;
};
constexpr FlagName flag_names[] = {
    {Flag::Held, "Held"}, {Flag::Inside, "Inside"}, {Flag::Injected, "Injected"}, {Flag::Cut, "Cut"}};

const CallRow* row_of_event(const Event& event) {
    switch (event.kind) {
        case EventKind::Enter:
        case EventKind::Granted:
        case EventKind::Exit:
        case EventKind::Abandoned:
        case EventKind::Asleep:
        case EventKind::Awake:
            return is_call(event.call) ? &row_of(static_cast<CallId>(event.call)) : nullptr;
        default:
            return nullptr;
    }
}

void add_values(Json& object, const Event& event, const CallRow* row) {
    if (event.kind == EventKind::Exit) {
        object["result"] = event.value[0];
    } else if (event.kind == EventKind::Enter && row) {
        Json arguments = Json::object();
        for (std::size_t i = 0; i < row->argument_count; ++i) arguments[std::string(row->argument[i].name)] = event.value[i];
        object["arguments"] = std::move(arguments);
    } else if (!row) {
        object["values"] = event.value;
    }
}

void add_chunks(Json& object, const Trace& trace, const Event& event, const CallRow* row) {
    std::span<const std::byte> rest = trace.payload(event);
    if (rest.empty()) return;
    Json chunks = Json::array();
    while (const std::optional<Chunk> chunk = take_chunk(rest)) {
        Json& item = chunks.emplace_back(Json::object());
        item["argument"] = chunk->argument;
        if (row && chunk->argument < row->argument_count) item["name"] = row->argument[chunk->argument].name;
        item["text"] = safe_text_from_bytes({reinterpret_cast<const char*>(chunk->bytes.data()), chunk->bytes.size()});
        item["true_length"] = chunk->true_length;
    }
    object["chunks"] = std::move(chunks);
}

}  // namespace

std::string safe_text_from_bytes(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const std::size_t length = printable_utf8_length(bytes);
        if (length == 0) {
            append_hex_escape(text, bytes[0]);
            bytes.remove_prefix(1);
            continue;
        }
        if (bytes[0] == '\\') text += '\\';
        text += bytes.substr(0, length);
        bytes.remove_prefix(length);
    }
    return text;
}

std::string json_from_event(const Trace& trace, EventIndex index) {
    const Event& event = trace[index];
    const CallRow* row = row_of_event(event);
    Json object;
    object["index"] = index;
    object["time_ns"] = event.stamp;
    object["kind"] = kind_names[static_cast<std::size_t>(event.kind)];
    if (event.process != no_id) object["process"] = event.process;
    if (event.thread != no_id) object["thread"] = event.thread;
    if (row) object["call"] = row->name;
    if (event.flags != 0) {
        Json flags = Json::array();
        for (const FlagName& flag : flag_names)
            if ((event.flags & flag.bit) != 0) flags.push_back(flag.name);
        object["flags"] = std::move(flags);
    }
    if (event.site != 0) object["site"] = event.site;
    if (event.error != 0) {
        const char* name = strerrorname_np(event.error);
        object["error"] = name ? Json(name) : Json(event.error);
    }
    add_values(object, event, row);
    if (event.pair != no_id) object["pair"] = event.pair;
    add_chunks(object, trace, event, row);
    return object.dump();
}

}  // namespace ipcscope
