#include "app/views/stage_layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/views/stage_object.h"
#include "app/views/stage_routes.h"

namespace ipcscope {

namespace {

// Logical lengths.
constexpr float margin = 14;
constexpr float column_gap = 28;           // between cards
constexpr float card_width_min = 160, card_width_max = 340;
constexpr float card_height_max = 232;
constexpr float card_height_readable = 150;  // below this objects give up their details first
constexpr float object_width_max = 280;
constexpr float channel_max = 132;
constexpr float padding = 12, text_inset = 9;
constexpr float name_height = 24, state_height = 30, line = 22, source_height = 20, spacing = 6;
constexpr float more_height = 20;
constexpr float thread_height = 24, thread_gap = 4, threads_card_width = 560;
constexpr float node_height = 26, node_gap = 12;   // of the process tree: a node, the lines between two levels
constexpr float tree_card_height_min = 84, tree_row_gap = 16, tree_channel = 46;   // with it there are no edges
constexpr std::size_t max_card_columns = 4;

// What may become smaller before anything has to be scrolled.
struct Room {
    float object_width = 176;              // at least
    float object_gap = 56;                 // between objects: edges run upright in it
    float card_height = 108;               // at least
    float row_gap = 30;
    float channel = 58;                    // at least
};
constexpr Room narrow{.object_width = 160, .object_gap = 30};
constexpr Room tight{.object_width = 160, .object_gap = 30, .card_height = 84, .row_gap = 20, .channel = 48};

struct Grid {
    std::size_t columns = 1, rows = 0;
    float cell = 0;     // width of a column, its share of the gaps included
    float width = 0;    // of what stands in it
};

Grid grid_of(std::size_t count, std::size_t max_columns, float room, float least, float most, float gap) {
    Grid grid;
    const auto fits = static_cast<std::size_t>(std::max(1.0f, std::floor(room / (least + gap))));
    grid.columns = std::clamp<std::size_t>(std::min(count, max_columns), 1, fits);
    grid.rows = (count + grid.columns - 1) / grid.columns;
    if (grid.rows > 0) grid.columns = (count + grid.rows - 1) / grid.rows;
    grid.cell = room / static_cast<float>(grid.columns);
    grid.width = std::clamp(grid.cell - gap, least, most);
    return grid;
}

// Semaphores and the objects of pthreads(7): threads work on the words themselves, and no descriptor names them.
bool lies_in_memory(ObjectKind kind) {
    return kind == ObjectKind::Semaphore || (kind >= ObjectKind::Mutex && kind <= ObjectKind::SpinLock);
}

class StageMaker {
 public:
    StageMaker(const Model& model, const StageScene& scene, ImVec2 size, float scale, const SentenceHeight& sentence_height)
        : model_(model), scene_(scene), size_(size), scale_(scale), sentence_height_(sentence_height) {}

    StageLayout make() {
        for (const Room& room : {Room{}, narrow, tight}) {
            room_ = room;
            layout_ = {};
            choose_grids();
            choose_heights();
            if (layout_.content.y <= size_.y) break;
        }
        place_cards();
        place_objects();
        if (has_family())
            layout_.family = Rect::at({px(margin), objects_top_}, {layout_.content.x - 2 * px(margin), family_height()});
        route_edges(scene_, layout_, bands(), scale_);
        return std::move(layout_);
    }

 private:
    float px(float logical) const { return logical * scale_; }

    void choose_grids() {
        layout_.content.x = std::max(size_.x, px(2 * margin + std::max(card_width_min, room_.object_width + room_.object_gap)));
        const float room = layout_.content.x - px(margin);
        const bool has_threads = std::ranges::any_of(scene_.processes, [](const SceneProcess& process) { return !process.threads.empty(); });
        cards_ = grid_of(scene_.places, max_card_columns, room, px(card_width_min), px(has_threads ? threads_card_width : card_width_max), px(column_gap));
        objects_ =
            grid_of(scene_.objects.size(), max_scene_objects, room, px(room_.object_width), px(object_width_max), px(room_.object_gap));
        choose_order();
    }

    // In several rows: below those that have ways of their own to processes stand those that mostly have none, a terminal last.
    void choose_order() {
        order_.resize(scene_.objects.size());
        std::iota(order_.begin(), order_.end(), std::size_t{0});
        const auto rank = [&](std::size_t i) {
            const ObjectKind kind = model_.objects()[scene_.objects[i].id].kind;
            return kind == ObjectKind::Terminal ? 2 : lies_in_memory(kind) ? 1 : 0;
        };
        if (objects_.rows > 1) std::ranges::stable_sort(order_, {}, rank);
    }

    bool has_family() const { return !scene_.family.members.empty(); }
    float card_row_gap() const { return px(has_family() ? tree_row_gap : room_.row_gap); }
    float channel_least() const { return px(has_family() ? tree_channel : room_.channel); }
    float family_height() const {
        const auto levels = static_cast<float>(scene_.family.levels);
        return px(levels * node_height + (levels - 1) * node_gap);
    }

    float kernel_height(bool is_compact) const {
        if (has_family()) return family_height();
        float height = 0;
        for (std::size_t row = 0; row < objects_.rows; ++row) height += object_row_height(row, is_compact);
        return height + (objects_.rows > 1 ? px(room_.row_gap) * static_cast<float>(objects_.rows - 1) : 0) +
               (scene_.more_objects > 0 ? px(more_height) : 0);
    }

    float object_row_height(std::size_t row, bool is_compact) const {
        float height = px(48);
        for (std::size_t i = row * objects_.columns; i < std::min((row + 1) * objects_.columns, scene_.objects.size()); ++i)
            height = std::max(height, px(object_height(model_, scene_.objects[order_[i]], is_compact)));
        return height;
    }

    // What there is goes to the cards until their sentences are readable, then to the objects' details, then to the cards
    // again, then to the channel; what is left stays empty above and below.
    void choose_heights() {
        const float rows = static_cast<float>(std::max<std::size_t>(cards_.rows, 1));
        const float gaps = card_row_gap() * (rows - 1) + (scene_.more_processes > 0 ? px(more_height) : 0);
        place_alarm();
        const float fixed = 2 * px(margin) + layout_.alarm.height() + gaps + channel_least();
        is_compact_ = size_.y < fixed + rows * px(card_height_readable) + kernel_height(false);
        const float kernel = std::max(kernel_height(is_compact_), px(48));
        card_height_ = std::clamp((size_.y - fixed - kernel) / rows, px(has_family() ? tree_card_height_min : room_.card_height), px(card_height_max));
        const float left = std::max(0.0f, size_.y - fixed - kernel - rows * card_height_);
        channel_ = has_family() ? channel_least() : std::min(px(channel_max), channel_least() + left * 0.5f);
        const float used = fixed - channel_least() + channel_ + kernel + rows * card_height_;
        layout_.content.y = std::max(size_.y, used);
        top_ = px(margin) + layout_.alarm.height() + std::max(0.0f, layout_.content.y - used) * 0.4f;
        cards_end_ = top_ + gaps + rows * card_height_;
        objects_top_ = cards_end_ + channel_;
        layout_.boundary = std::round(cards_end_ + channel_ * (has_family() ? 0.5f : 0.36f));
    }

    void place_alarm() {
        if (scene_.alarm.empty()) return;
        const float width = layout_.content.x - 2 * px(margin);
        const float text = sentence_height_(scene_.alarm, width - px(alarm_mark + padding));
        layout_.alarm = Rect::at({px(margin), px(margin) * 0.6f}, {width, text + px(padding)});
    }

    StageBands bands() const {
        StageBands bands;
        bands.card_columns = cards_.columns;
        bands.card_cell = cards_.cell;
        bands.left = px(margin) / 2;
        bands.row_gap = px(room_.row_gap);
        bands.channel_top = cards_end_;
        bands.channel_end = objects_top_;
        return bands;
    }

    void place_cards() {
        for (std::size_t i = 0; i < scene_.processes.size(); ++i) {
            const std::size_t row = i / cards_.columns, column = i % cards_.columns;
            const float center = px(margin) / 2 + cards_.cell * (static_cast<float>(column) + 0.5f);
            const float y = top_ + static_cast<float>(row) * (card_height_ + card_row_gap());
            const ImVec2 at(std::round(center - cards_.width / 2), std::round(y));
            layout_.cards.push_back(
                furnish(scene_.processes[i], Rect::at(at, {std::floor(cards_.width), std::floor(card_height_)})));
        }
        if (scene_.more_processes > 0)
            layout_.more_processes =
                Rect::at({px(margin), cards_end_ - px(more_height)}, {layout_.content.x - 2 * px(margin), px(more_height)});
    }

    // From the top: name, state, reason, descriptors; the place in the source stands at the bottom. When there is too little
    // room, the reason's sentence goes first, then descriptors, the least important ones first.
    CardPlace furnish(const SceneProcess& process, const Rect& card) const {
        CardPlace place;
        place.card = card;
        const Rect inner = card.inset(px(padding), px(padding) * 0.75f);
        float y = inner.min.y;
        const auto take = [&](float height) {
            const Rect taken{{inner.min.x, y}, {inner.max.x, y + height}};
            y += height;
            return taken;
        };
        place.name = take(px(name_height));
        y += px(spacing) * 0.5f;
        if (process.threads.empty()) place.state = take(px(state_height));
        for (std::size_t i = 0; i < process.threads.size() && y + px(thread_height + source_height) <= inner.max.y; ++i, y += px(thread_gap)) place.threads.push_back(take(px(thread_height)));
        y += px(spacing);
        const bool has_source = inner.max.y - y >= px(source_height);
        place.source = {{inner.min.x, inner.max.y - (has_source ? px(source_height) : 0)}, inner.max};
        const float room = place.source.min.y - y;
        const float sentence = process.reason.empty() ? 0 : sentence_height_(process.reason, inner.width() - px(text_inset));
        const auto important = static_cast<float>(
            std::count_if(process.rows.begin(), process.rows.end(), [](const SceneRow& row) { return !row.is_quiet; }));
        const bool has_reason =
            sentence > 0 && sentence + px(spacing) * 0.5f + px(line) * std::clamp(important, 1.0f, 2.0f) <= room;
        place.reason = take(has_reason ? sentence : 0);
        place.reason.min.x += px(text_inset);
        if (has_reason) y += px(spacing) * 0.5f;
        choose_rows(process, static_cast<std::size_t>(std::max(0.0f, (place.source.min.y - y) / px(line))), place);
        for (std::size_t i = 0; i < place.rows.size(); ++i) place.row_places.push_back(take(px(line)));
        return place;
    }

    static void choose_rows(const SceneProcess& process, std::size_t room, CardPlace& place) {
        std::vector<std::size_t> order(process.rows.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        const auto rank = [&](std::size_t i) {
            const SceneRow& row = process.rows[i];
            return row.is_guilty ? 0 : row.is_closed ? 2 : row.is_changed ? 1 : row.is_quiet ? 4 : 3;
        };
        if (order.size() > room) {
            std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
            for (std::size_t i = room; i < order.size(); ++i) place.folded_descriptors += process.rows[order[i]].numbers.size();
            order.resize(room);
            std::sort(order.begin(), order.end());
        }
        place.rows = std::move(order);
    }

    // A terminal stands at the right of all others, as long as there is room, so that they stay where they are when the
    // first line is printed.
    void place_objects() {
        std::vector<std::size_t> order;
        std::size_t terminal = scene_.objects.size();
        for (const std::size_t i : order_) {
            const bool is_terminal = model_.objects()[scene_.objects[i].id].kind == ObjectKind::Terminal;
            if (is_terminal && objects_.rows == 1 && scene_.objects.size() > 1 && terminal == scene_.objects.size())
                terminal = i;
            else order.push_back(i);
        }
        Grid grid = objects_;
        const float room = layout_.content.x - px(margin);
        float side = px(room_.object_width);
        if (terminal < scene_.objects.size()) {
            grid = grid_of(order.size(), order.size(), room, px(room_.object_width), px(object_width_max), px(room_.object_gap));
            const float end = px(margin) / 2 + grid.cell * (static_cast<float>(grid.columns) - 0.5f) + grid.width / 2;
            if (grid.rows != 1 || end + px(room_.object_gap) + side > layout_.content.x - px(margin)) {
                grid = objects_;
                order.push_back(terminal);
                terminal = scene_.objects.size();
            }
            side = std::clamp(layout_.content.x - px(margin) - end - px(room_.object_gap), side, px(object_width_max));
        }
        layout_.objects.resize(scene_.objects.size());
        float y = objects_top_;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const std::size_t column = i % grid.columns;
            if (i > 0 && column == 0) y += row_height_ + px(room_.row_gap);
            if (column == 0) row_height_ = object_row_height(i / grid.columns, is_compact_);
            const float center = px(margin) / 2 + grid.cell * (static_cast<float>(column) + 0.5f);
            place_object(order[i], center - grid.width / 2, y, grid.width);
        }
        if (terminal < scene_.objects.size()) place_object(terminal, layout_.content.x - px(margin) - side, objects_top_, side);
        if (scene_.more_objects > 0)
            layout_.more_objects = Rect::at({px(margin), layout_.content.y - px(margin) * 0.5f - px(more_height)},
                                            {layout_.content.x - 2 * px(margin), px(more_height)});
    }

    void place_object(std::size_t object, float x, float y, float width) {
        const float height = px(object_height(model_, scene_.objects[object], is_compact_));
        layout_.objects[object] = {Rect::at({std::round(x), std::round(y)}, {std::floor(width), std::floor(height)}),
                                   is_compact_};
    }

    const Model& model_;
    const StageScene& scene_;
    ImVec2 size_;
    float scale_;
    const SentenceHeight& sentence_height_;
    StageLayout layout_;
    Room room_;
    Grid cards_, objects_;
    std::vector<std::size_t> order_;       // in which the objects take their places
    bool is_compact_ = false;
    float card_height_ = 0, channel_ = 0, top_ = 0, cards_end_ = 0, objects_top_ = 0, row_height_ = 0;
};

}  // namespace

StageLayout lay_out_stage(const Model& model, const StageScene& scene, ImVec2 size, float scale,
                          const SentenceHeight& sentence_height) {
    return StageMaker(model, scene, size, scale, sentence_height).make();
}

}  // namespace ipcscope
