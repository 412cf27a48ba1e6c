#include "app/commands/commands.h"
#include "app/commands/printing.h"
#include "core/model/canonical.h"
#include "core/model/packet_text.h"
#include "core/trace/pcapng.h"
#include "core/trace/save.h"

namespace ipcscope {

namespace {

// What is known of a packet besides its bytes: whose call caused it, and what became of it.
std::string comment_on(const Trace& trace, const Model& model, const CallLog& log, const PacketFlows& flows, EventIndex index) {
    const Event& event = trace[index];
    std::string text;
    const CallLog::Entry* const cause = event.pair == no_id ? nullptr : log.entry_of(event.pair);
    if (cause) text = "caused by " + cause->call.line();
    else if (const Process* const process = model.process(event.process)) text = "caused by " + process->name;
    const PacketOnTrace* const packet = flows.packet(static_cast<std::uint64_t>(event.value[0]));
    if (!packet) return text;
    if (!text.empty()) text += "; ";
    if (packet->copied != no_id) text += "duplicated, ";
    if (packet->ended == no_id) return text + "still on the wire";
    text += text_of_fate(packet->fate);
    if (packet->fate == PacketFate::Delivered) text += " to " + name_of_host(model, static_cast<std::uint32_t>(trace[packet->ended].value[2]));
    return text;
}

}  // namespace

int export_recording(const ExportOptions& options) {
    const Result<Trace> trace = load_trace(options.recording);
    if (!trace) return complain(trace.sentence(), exit_failed);
    Model model;
    CallLog log;
    PacketFlows flows;
    for (EventIndex i = 0; i < trace->size(); ++i) {
        model.apply(*trace, i);
        log.apply(*trace, model, i);
        flows.apply(*trace, i);
    }
    const PcapngFile file = pcapng_from(*trace, [&](EventIndex index) { return comment_on(*trace, model, log, flows, index); });
    if (file.packets == 0)
        return complain(options.recording + " holds no packets: its programs ran on one host, whose packets are not seen. Nothing was written.", exit_failed);
    const Result<void> saved = save_pcapng(file, options.output);
    if (!saved) return complain(saved.sentence(), exit_usage);
    print_line(options.output + ": " + counted(file.packets, "packet"));
    return exit_success;
}

}  // namespace ipcscope
