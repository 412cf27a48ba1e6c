#include "app/views/wire_controls.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float row_height = 34, row_gap = 6, column_gap = 8;
constexpr float high = 400;    // of the whole view: room for the ladder and both kinds

struct Control {
    const char* id;
    Button button;
    std::optional<Intent> intent;    // none: another packet is chosen
};

std::string latency_text(const WireRules& rules) { return rules.latency_us == 0 ? "none" : joined({std::to_string(rules.latency_us / 1000), " ms"}); }
std::string rate_text(const WireRules& rules) { return rules.bytes_a_second == 0 ? "full" : joined({std::to_string(rules.bytes_a_second), " B/s"}); }
std::string loss_text(const WireRules& rules) { return rules.loses_one_in == 0 ? "none" : joined({"1 in ", std::to_string(rules.loses_one_in)}); }

// The controls, and the texts that their labels point into. Where it is low there is room for one kind: for a packet's, if one waits.
class Controls {
 public:
    Controls(const ViewContext& context, bool has_room) {
        const bool can_act = context.is_now && context.player;
        const PacketOnWire* const packet = can_act ? chosen_packet(context.model, context.selection) : nullptr;
        if (packet || has_room) add_of_packet(context, packet);
        first_of_wire_ = all_.size();
        if (!packet || has_room) add_of_wire(context.model.network().rules, can_act);
    }
    Controls(const Controls&) = delete;

    // Calls use(control, x, width, row) for each: from left to right, and in the next row where there is no room. The wire's begin a row of
    // their own. Answers how many rows there are.
    template <class Use>
    std::size_t place(const Theme& theme, float width, Use&& use) const {
        float x = 0;
        std::size_t row = 0;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            const float wanted = button_width(theme, all_[i].button);
            if (x > 0 && (i == first_of_wire_ || x + wanted > width)) x = 0, ++row;
            use(all_[i], x, wanted, row);
            x += wanted + theme.px(column_gap);
        }
        return row + 1;
    }

 private:
    void add_of_packet(const ViewContext& context, const PacketOnWire* packet) {
        const std::uint64_t number = packet ? packet->number : 0;
        const bool is_next = packet && context.player->next_packet() == number;
        const bool has_others = packet && other_packet(context.model, context.selection) != number;
        const auto add = [&](const char* id, const char* label, const char* key, std::optional<Intent> intent, bool is_enabled) {
            const bool is_accented = is_next && key[0] == 'P';
            all_.push_back({id, {.label = label, .look = is_accented ? ButtonLook::Accent : ButtonLook::Outlined, .is_enabled = is_enabled, .key = key}, std::move(intent)});
        };
        add("pass", "Let it through", "P", WantCarry{number, PacketFate::Delivered}, packet);
        add("drop", "Drop", "X", WantCarry{number, PacketFate::Dropped}, packet);
        add("double", "Duplicate", "U", WantCarry{number, PacketFate::Duplicated}, packet);
        add("damage", "Damage", "J", WantCarry{number, PacketFate::Corrupted}, packet);
        add("late", "Late", "Y", WantDelay{number}, packet);
        add("other", "Another", "O", std::nullopt, has_others);
    }

    void add_of_wire(const WireRules& rules, bool can_act) {
        texts_ = {joined({"Latency: ", latency_text(rules)}), joined({"Rate: ", rate_text(rules)}), joined({"Loss: ", loss_text(rules)}),
                  rules.cut_host == 0 ? "Pull the cable" : "Put the cable in"};
        const struct {
            const char* id;
            const char* key;
            WireRule rule;
            bool is_set;
        } rows[] = {{"latency", "V", WireRule::Latency, rules.latency_us != 0},
                    {"rate", "Ctrl+R", WireRule::Rate, rules.bytes_a_second != 0},
                    {"loss", "Ctrl+X", WireRule::Loss, rules.loses_one_in != 0},
                    {"cable", "Z", WireRule::Cable, rules.cut_host != 0}};
        for (std::size_t i = 0; i < std::size(rows); ++i)
            all_.push_back({rows[i].id,
                            {.label = texts_[i], .look = rows[i].is_set ? ButtonLook::Accent : ButtonLook::Outlined, .is_enabled = can_act, .key = rows[i].key},
                            WantWire{next_change(rules, rows[i].rule)}});
    }

    std::vector<std::string> texts_;
    std::vector<Control> all_;
    std::size_t first_of_wire_ = 0;
};

}  // namespace

const PacketOnWire* chosen_packet(const Model& model, const Selection& selection) {
    const PacketOnWire* oldest = nullptr;
    for (const PacketOnWire& packet : model.network().on_wire) {
        if (!packet.is_held) continue;
        if (packet.number == selection.packet) return &packet;
        if (!oldest) oldest = &packet;
    }
    return oldest;
}

std::uint64_t other_packet(const Model& model, const Selection& selection) {
    const PacketOnWire* const chosen = chosen_packet(model, selection);
    if (!chosen) return 0;
    std::uint64_t first = 0;
    for (const PacketOnWire& packet : model.network().on_wire) {
        if (!packet.is_held) continue;
        if (packet.number > chosen->number) return packet.number;
        if (first == 0) first = packet.number;
    }
    return first;
}

float wire_controls_height(const ViewContext& context, ImVec2 room) {
    const Controls controls(context, room.y > context.theme.px(high));
    const auto rows = static_cast<float>(controls.place(context.theme, room.x, [](const Control&, float, float, std::size_t) {}));
    return context.theme.px(12 + row_height * rows + row_gap * (rows - 1));
}

void draw_wire_controls(const ViewContext& context, const Rect& area, float height_of_all) {
    const Theme& theme = context.theme;
    const Controls controls(context, height_of_all > theme.px(high));
    controls.place(theme, area.width(), [&](const Control& control, float x, float width, std::size_t row) {
        const float y = area.min.y + theme.px(row_height + row_gap) * static_cast<float>(row);
        const Rect place{{area.min.x + x, y}, {area.min.x + x + width, y + theme.px(row_height)}};
        if (!draw_button(theme, control.id, place, control.button) || !control.button.is_enabled) return;
        if (control.intent) context.intents.push_back(*control.intent);
        else context.selection.packet = other_packet(context.model, context.selection);
    });
}

}  // namespace ipcscope
