#include "app/commands/trace_peer.h"

#include <sstream>
#include <utility>

#include "app/commands/endpoint_plan.h"

namespace ipcscope {
namespace {

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == text.npos ? "" : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

}  // namespace

Result<std::unique_ptr<TracePeer>> TracePeer::open(const std::string& words) {
    const std::string as_in = "; as in --endpoint \"listen tcp 7000 echo\" or \"connect tcp 7000; say hello; half-close\"";
    std::istringstream parts(words);
    std::string part;
    std::getline(parts, part, ';');
    EndpointOptions options;
    std::string more;
    std::istringstream first(part);
    first >> options.verb >> options.kind >> options.address >> more;
    const bool is_kind = options.kind == "tcp" || options.kind == "udp" || options.kind == "unix" || options.kind == "unix-datagrams";
    if ((options.verb != "listen" && options.verb != "connect") || !is_kind || options.address.empty() || (!more.empty() && more != "echo"))
        return Failure{"an endpoint listens or connects, by tcp, udp, unix or unix-datagrams, at an address; here stands \"" + trimmed(part) + "\"" + as_in};
    options.echoes = more == "echo";
    const auto plan = endpoint_plan_from(options);
    if (!plan) return plan.failure();
    std::unique_ptr<TracePeer> peer(new TracePeer(*plan));
    while (std::getline(parts, part, ';')) {
        const auto order = read_endpoint_order(trimmed(part));
        if (!order) return Failure{order.sentence() + as_in};
        peer->orders_.push_back(*order);
    }
    if (const auto begun = peer->begin(); !begun && plan->listens) return begun.failure();
    return peer;
}

Result<void> TracePeer::begin() {
    auto talk = EndpointTalk::open(plan_, {});
    if (!talk) return talk.failure();
    talk_ = std::move(*talk);
    return {};
}

std::vector<std::string> TracePeer::take() {
    if (!talk_ && !begin()) return {};    // nobody listens yet
    std::vector<std::string> lines;
    for (const EndpointLine& line : talk_->take()) {
        has_met_ |= line.peer != 0 && line.kind != EndpointEventKind::Failed;
        if (line.kind == EndpointEventKind::Failed && !plan_.listens && !has_met_) {
            talk_.reset();
            return {};
        }
        lines.push_back("endpoint  " + line.text);
    }
    if (has_met_) for (EndpointOrder& order : std::exchange(orders_, {})) talk_->order(std::move(order));
    return lines;
}

}  // namespace ipcscope
