// What goes over the wire, and what became of it? A ladder: a line for each host, time downwards, an arrow for each packet.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/views/view.h"
#include "app/views/wire_controls.h"
#include "app/views/widgets.h"
#include "app/views/timeline_layout.h"
#include "app/views/words.h"
#include "core/model/packet_text.h"

namespace ipcscope {

namespace {

constexpr float row_height = 34, slant = 13;

// A packet as things stood at the cursor.
enum class Standing { OnWire, Arrived, Lost, Repeated };

class Ladder {
 public:
    Ladder(const ViewContext& context, const Rect& area)
        : context_(context), theme_(context.theme), flows_(context.timeline.packets), area_(area), origin_(ImGui::GetCursorScreenPos()),
          list_(ImGui::GetWindowDrawList()) {}

    float height(std::size_t rows) const { return theme_.px(head() + row_height * (static_cast<float>(rows) + 0.7f)); }
    static float head() { return 26; }

    void draw(std::size_t rows) {
        const float foot = std::max(origin_.y + height(rows), area_.max.y);
        for (const HostState& host : hosts()) {
            const float x = x_of(host.number);
            list_->AddLine({x, area_.min.y + theme_.px(head() - 4)}, {x, foot}, ink_of(host.number, 0.55f), theme_.px(2));
        }
        const float step = theme_.px(row_height), first = origin_.y + theme_.px(head());
        const auto begin = static_cast<std::size_t>(std::max(0.0f, std::ceil((area_.min.y + theme_.px(head()) - first) / step)));
        list_->PushClipRect({area_.min.x, area_.min.y + theme_.px(head())}, area_.max, true);
        constexpr std::size_t most_crossed = 12;    // rows that an arrow which comes from above the picture may cross
        const auto place_of = [&](std::size_t row) { return first + step * (static_cast<float>(row) + 0.35f); };
        for (const bool is_label : {false, true})    // no line goes through a label
            for (std::size_t i = begin - std::min(begin, most_crossed); i < rows && first + step * static_cast<float>(i) < area_.max.y; ++i)
                draw_packet(i, place_of(i), is_label, [&](std::size_t row) { return place_of(row); });
        list_->PopClipRect();
        for (const HostState& host : hosts()) draw_host(host);
        if (rows == 0)
            draw_text_in(list_, theme_.fonts.text, area_, Align::Center, theme_.ink(Ink::TextDim), "Nothing has gone over the wire yet.");
    }

 private:
    const std::vector<HostState>& hosts() const { return context_.model.network().hosts; }

    float x_of(std::uint32_t host) const {
        const float margin = theme_.px(74), count = static_cast<float>(std::max<std::size_t>(hosts().size(), 2) - 1);
        return area_.min.x + margin + (area_.width() - 2 * margin) * static_cast<float>(host - 1) / count;
    }

    // The colour of the first process there.
    ImU32 ink_of(std::uint32_t host, float alpha = 1) const {
        for (const Process& process : context_.model.processes())
            if (process.host == host) return (theme_.process(process.id) & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha * 255) << IM_COL32_A_SHIFT);
        return theme_.ink(Ink::TextDim, alpha);
    }

    void draw_host(const HostState& host) const {
        const std::string address = host.addresses.empty() ? "" : text_of_host_address(host.addresses.front());
        const std::string text = joined({host.name, "  ", address});
        const float width = text_width(theme_.fonts.bold, text), x = std::clamp(x_of(host.number) - width / 2, area_.min.x + theme_.px(4), area_.max.x - width - theme_.px(4));
        const Rect place{{x - theme_.px(4), area_.min.y}, {x + width + theme_.px(4), area_.min.y + theme_.px(head() - 4)}};
        list_->AddRectFilled(place.min, place.max, theme_.ink(Ink::Panel));
        draw_text_in(list_, theme_.fonts.bold, place.inset(theme_.px(4), 0), Align::Left, ink_of(host.number), text);
    }

    Standing standing_of(const PacketOnTrace& packet) const {
        if (packet.ended == no_id || packet.ended >= context_.cursor) return Standing::OnWire;
        switch (packet.fate) {
            case PacketFate::Dropped:
            case PacketFate::Unroutable:
            case PacketFate::Severed: return Standing::Lost;
            case PacketFate::Repeated: return Standing::Repeated;
            default: return Standing::Arrived;
        }
    }

    template <class PlaceOf>
    void draw_packet(std::size_t row, float y, bool is_label, PlaceOf&& place_of) {
        const PacketOnTrace& about = flows_.packets()[row];
        const Standing standing = standing_of(about);
        const Packet packet = packet_of(context_.trace, context_.trace[about.left]);
        const SequenceBase base = flows_.base_of(about);
        const std::uint32_t to = about.to == 0 ? (about.from == 1 ? 2 : 1) : about.to;
        // One that was overtaken arrives below those that have passed it.
        const bool is_late = standing == Standing::Arrived && about.was_overtaken;
        const float lands = is_late ? place_of(std::max(flows_.before(about.ended), row + 1) - 1) + theme_.px(slant + 9) : y + theme_.px(slant);
        const ImVec2 from{x_of(about.from), y}, end{x_of(to), lands};
        const bool stops_short = standing != Standing::Arrived;
        const float reach = stops_short ? 0.62f : 1;
        const ImVec2 tip{from.x + (end.x - from.x) * reach, from.y + (end.y - from.y) * reach};
        const ImU32 ink = ink_of(about.from, standing == Standing::Repeated ? 0.45f : 1);
        const ImVec2 direction = unit(from, end);
        const Rect place{{std::min(from.x, end.x), y - theme_.px(14)}, {std::max(from.x, end.x), y + theme_.px(slant + 6)}};

        if (!is_label) return draw_line(standing, from, tip, direction, ink);
        draw_label(about, standing, shorter_rows(label_of(packet, base)) + again(about), from, end, tip, ink);
        const ImVec2 pointer = ImGui::GetIO().MousePos;
        if (!place.contains(pointer) || !ImGui::IsWindowHovered()) return;
        std::string about_it = joined({"packet ", std::to_string(row + 1)});
        for (const std::string& line : packet_fields(packet, base)) about_it += "\n" + line;
        const std::optional<Chunk> bytes = context_.trace.chunk(context_.trace[about.left], 0);
        constexpr std::size_t most_lines = 8;
        for (std::size_t line = 0; bytes && line < most_lines && line * bytes_a_hex_line < bytes->bytes.size(); ++line)
            about_it += (line == 0 ? "\n\n" : "\n") + hex_line(bytes->bytes, line);
        if (bytes && bytes->bytes.size() > most_lines * bytes_a_hex_line) about_it += "\n…";
        draw_listing_tool_tip(theme_, about_it);
    }

    void draw_line(Standing standing, ImVec2 from, ImVec2 tip, ImVec2 direction, ImU32 ink) const {
        if (standing != Standing::Arrived) draw_dashed_line(list_, from, tip, ink, theme_.px(2), theme_.px(5));
        else list_->AddLine(from, {tip.x - direction.x * theme_.px(6), tip.y - direction.y * theme_.px(6)}, ink, theme_.px(2));
        if (standing == Standing::Lost) draw_mark(list_, Mark::Cross, tip, theme_.px(12), theme_.ink(Ink::Error));
        else if (standing != Standing::Repeated) draw_arrow_head(list_, tip, direction, theme_.px(10), ink);
    }

    // Of TCP the flags say what it is; a datagram says which ports it goes from and to.
    static std::string label_of(const Packet& packet, const SequenceBase& base) {
        if (!packet.is_udp) return text_on_arrow(packet, base);
        return joined({"UDP ", std::to_string(packet.source.port), " \u2192 ", std::to_string(packet.target.port), "  ", text_on_arrow(packet, base)});
    }

    // How long its kernel has waited before it said the same again.
    std::string again(const PacketOnTrace& about) const {
        if (about.repeats == no_id) return {};
        const std::uint64_t waited = context_.trace[about.left].stamp - context_.trace[flows_.packets()[about.repeats].left].stamp;
        char text[32];
        const double ms = static_cast<double>(waited) / 1e6;
        if (ms < 100) std::snprintf(text, sizeof text, "  again, after %.0f ms", std::max(ms, 1.0));
        else std::snprintf(text, sizeof text, "  again, after %.1f s", ms / 1e3);
        return text;
    }

    static ImVec2 unit(ImVec2 from, ImVec2 to) {
        const float x = to.x - from.x, y = to.y - from.y, length = std::max(1.0f, std::sqrt(x * x + y * y));
        return {x / length, y / length};
    }

    void draw_label(const PacketOnTrace& about, Standing standing, const std::string& text, ImVec2 from, ImVec2 end, ImVec2 tip, ImU32 ink) const {
        const ImFont* const font = theme_.fonts.small;
        const float room = std::abs(end.x - from.x) - theme_.px(30);
        if (standing == Standing::OnWire) {
            const std::string shown = fitted(font, text, room * 0.8f);
            const float width = text_width(font, shown) + theme_.px(20), height = font_size(font) + theme_.px(8);
            const float x = std::clamp(tip.x - width / 2, std::min(from.x, end.x) + theme_.px(8), std::max(from.x, end.x) - width - theme_.px(8));
            const Rect pill{{x, tip.y - height / 2}, {x + width, tip.y + height / 2}};
            list_->AddRectFilled(pill.min, pill.max, ink, height / 2);
            draw_text_in(list_, font, pill, Align::Center, theme_.on(ink), shown);
            if (about.is_held) choose(about, pill);
            return;
        }
        const char* const fate = standing == Standing::Lost       ? (about.fate == PacketFate::Dropped ? "  dropped" : about.fate == PacketFate::Severed ? "  cable pulled" : "  nobody there")
                                 : standing == Standing::Repeated ? "  sent again while it waits"
                                 : about.fate == PacketFate::Corrupted ? "  one bit changed"
                                 : about.copied != no_id               ? "  twice"
                                 : about.was_overtaken                 ? "  overtaken"
                                                                       : "";
        const std::string shown = fitted(font, joined({text, fate}), room);
        const ImU32 color = standing == Standing::Lost ? theme_.ink(Ink::Error) : standing == Standing::Repeated ? theme_.ink(Ink::TextDim) : theme_.ink(Ink::Text);
        const float middle = (from.x + end.x) / 2, width = text_width(font, shown), top = from.y - theme_.px(3) - font_size(font);
        // Above the arrow, where it is highest: at its beginning.
        if (ImGui::GetScrollY() > 0 && top < area_.min.y + theme_.px(head())) return;    // half of it is scrolled away
        const float x = end.x > from.x ? std::max(from.x + theme_.px(14), middle - width / 2) : std::min(from.x - theme_.px(14) - width, middle - width / 2);
        list_->AddRectFilled({x - theme_.px(3), top + theme_.px(2)}, {x + width + theme_.px(3), top + theme_.px(1) + font_size(font)}, theme_.ink(Ink::Panel));
        draw_text(list_, font, {x, top + theme_.px(2)}, color, shown);
    }

    // Of several that wait, what is done is done to the chosen one.
    void choose(const PacketOnTrace& about, const Rect& pill) const {
        const auto number = static_cast<std::uint64_t>(context_.trace[about.left].value[0]);
        const PacketOnWire* const chosen = chosen_packet(context_.model, context_.selection);
        const auto held = std::ranges::count_if(context_.model.network().on_wire, &PacketOnWire::is_held);
        if (held > 1 && chosen && chosen->number == number) list_->AddRect(pill.inset(-theme_.px(3), -theme_.px(3)).min, pill.inset(-theme_.px(3), -theme_.px(3)).max, theme_.ink(Ink::Text), pill.height() / 2 + theme_.px(3), 0, theme_.px(2));
        if (ImGui::IsWindowHovered() && pill.contains(ImGui::GetIO().MousePos) && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) context_.selection.packet = number;
    }

    const ViewContext& context_;
    const Theme& theme_;
    const PacketFlows& flows_;
    const Rect area_;
    const ImVec2 origin_;
    ImDrawList* const list_;
};

std::string note_on(const NetworkState& network) {
    const auto held = std::ranges::count_if(network.on_wire, &PacketOnWire::is_held);
    return held == 0 ? "" : held == 1 ? "1 packet held" : std::to_string(held) + " packets held";
}

std::string note_on(const Model& model) {
    const std::string held = note_on(model.network());
    if (model.network().rules == WireRules{}) return held;
    return held.empty() ? text_of_rules(model) : joined({held, ", ", text_of_rules(model)});
}

}  // namespace

void draw_wire(const ViewContext& context, ImVec2 position, ImVec2 size) {
    const Theme& theme = context.theme;
    Timeline& kept = context.timeline;
    for (; kept.packets_until < context.trace.size(); ++kept.packets_until) kept.packets.apply(context.trace, kept.packets_until);
    const std::string note = note_on(context.model);
    const float foot = size.y > theme.px(200) ? wire_controls_height(context, {size.x - theme.px(32), size.y}) : 0;
    {
        const Panel panel(theme, "wire", position, size, {.title = "The wire", .note = note, .has_fades = false});
        Rect area = panel.area();
        area.max.y -= foot;
        Ladder ladder(context, area);
        const std::size_t rows = kept.packets.before(context.cursor);
        ladder.draw(rows);
        ImGui::Dummy({area.width(), ladder.height(rows) + foot});
        if (rows != kept.packets_shown) ImGui::SetScrollHereY(1.0f);    // the newest is kept in view
        kept.packets_shown = rows;
        if (foot > 0) {
            ImGui::GetWindowDrawList()->AddRectFilled({area.min.x, area.max.y}, panel.area().max, theme.ink(Ink::Panel));
            draw_wire_controls(context, {{area.min.x, area.max.y + theme.px(8)}, {area.max.x, area.max.y + foot - theme.px(4)}}, size.y);
        }
    }
}

}  // namespace ipcscope
