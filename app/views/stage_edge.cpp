#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "app/views/stage_draw.h"
#include "app/views/words.h"

namespace ipcscope {

namespace {

constexpr float arrow_size = 10;
constexpr float resting_place = 30;   // how far before its end an arrived pill comes to rest

// A stretch of an edge, by distance from the process. Dashes keep their rhythm around corners.
void draw_stretch(const StageFrame& frame, const EdgePath& path, float from, float to, ImU32 color, float thickness,
                  float dash) {
    if (to <= from) return;
    if (dash > 0) {
        for (float at = from; at < to; at += dash * 1.8f)
            draw_stretch(frame, path, at, std::min(to, at + dash), color, thickness, 0);
        return;
    }
    std::vector<ImVec2> points{frame.on_screen(path.at(from))};
    float passed = 0;
    for (std::size_t i = 1; i < path.points.size(); ++i) {
        passed += std::hypot(path.points[i].x - path.points[i - 1].x, path.points[i].y - path.points[i - 1].y);
        if (passed > from && passed < to) points.push_back(frame.on_screen(path.points[i]));
    }
    points.push_back(frame.on_screen(path.at(to)));
    frame.list->AddPolyline(points.data(), static_cast<int>(points.size()), color, 0, thickness);
}

ImVec2 opposite(ImVec2 v) { return {-v.x, -v.y}; }

std::string label_of(const SceneEdge& edge) {
    if (edge.tie != Tie::Bytes) return edge.label;
    std::string numbers;
    for (const int descriptor : edge.descriptors) numbers += joined({numbers.empty() ? "" : " ", std::to_string(descriptor)});
    return numbers;
}

bool is_hot(const StageFrame& frame, const SceneEdge& edge) {
    const ProcessId process = frame.scene.processes[edge.process].id;
    const ObjectId object = frame.scene.objects[edge.object].id;
    if (frame.hot.descriptor >= 0)
        return frame.hot.process == process &&
               std::find(edge.descriptors.begin(), edge.descriptors.end(), frame.hot.descriptor) != edge.descriptors.end();
    return (process != no_id && frame.hot.process == process) || frame.hot.object == object;
}

bool is_selected(const StageFrame& frame, const SceneEdge& edge) {
    const Selection& selection = frame.context.selection;
    return selection.process != no_id && selection.process == frame.scene.processes[edge.process].id && selection.descriptor >= 0 &&
           std::find(edge.descriptors.begin(), edge.descriptors.end(), selection.descriptor) != edge.descriptors.end();
}

constexpr float label_gap = 7;    // at the right of where the edge leaves its card

// Where a pill of this size comes to rest without lying on the edge's own label: there, or a little further away.
float clear_of_label(const StageFrame& frame, std::size_t position, float distance, ImVec2 size) {
    const EdgePath& path = frame.layout.edges[position];
    const std::optional<Rect> label = edge_label(frame, position);
    const auto lies_on_it = [&](float at) { return label && label->inset(-size.x / 2, -size.y / 2).contains(path.at(at)); };
    while (distance < path.length / 2 && lies_on_it(distance)) distance += frame.px(2);
    return distance;
}

const SceneEdge* edge_for(const StageFrame& frame, const Flight& flight, std::size_t& position) {
    for (position = 0; position < frame.scene.edges.size(); ++position) {
        const SceneEdge& edge = frame.scene.edges[position];
        if (edge.tie == Tie::Bytes && frame.scene.processes[edge.process].id == flight.process && frame.scene.objects[edge.object].id == flight.object &&
            (edge.way == flight.way || edge.is_both_ways))
            return &edge;
    }
    return nullptr;
}

float smooth(float t) { return t * t * (3 - 2 * t); }

}  // namespace

// Up to the next edge of the same card, or a little further than the card's end.
std::optional<Rect> edge_label(const StageFrame& frame, std::size_t position) {
    const SceneEdge& edge = frame.scene.edges[position];
    const ImFont* const font = frame.theme().fonts.small;
    const ImVec2 start = frame.layout.edges[position].points.front();
    float end = frame.layout.cards[edge.process].card.max.x + frame.px(20);
    for (std::size_t i = 0; i < frame.scene.edges.size(); ++i) {
        const float other = frame.layout.edges[i].points.front().x;
        if (frame.scene.edges[i].process == edge.process && other > start.x) end = std::min(end, other - frame.px(arrow_size / 2 + 2));
    }
    const Rect place = Rect::at({start.x + frame.px(label_gap), start.y + frame.px(2)}, {text_width(font, label_of(edge)), font_size(font)});
    return place.max.x <= end ? std::optional(place) : std::nullopt;
}

void draw_edge(const StageFrame& frame, std::size_t position) {
    const SceneEdge& edge = frame.scene.edges[position];
    const EdgePath& path = frame.layout.edges[position];
    const ProcessId process = frame.scene.processes[edge.process].id;
    const bool is_near = is_hot(frame, edge) || is_selected(frame, edge);
    const bool is_mere_use = edge.tie == Tie::Uses;
    const float thickness = frame.px(is_near ? 3.2f : is_mere_use ? 1.4f : 2.2f), dash = edge.is_waiting ? frame.px(6) : 0;
    const ImU32 color = edge.is_guilty ? frame.theme().ink(Ink::Error) : process == no_id ? frame.theme().ink(Ink::TextDim) : frame.tint(process, is_mere_use && !is_near ? 0.6f : 1.0f);
    const bool arrives_at_object = !is_mere_use && (edge.way == Way::In || edge.is_both_ways);
    const bool arrives_at_process = !is_mere_use && (edge.way == Way::Out || edge.is_both_ways);
    const float head = frame.px(arrow_size);
    if (is_selected(frame, edge))
        draw_stretch(frame, path, 0, path.length, frame.theme().ink(Ink::Accent, 0.35f), thickness + frame.px(5), 0);
    draw_stretch(frame, path, arrives_at_process ? head * 0.7f : 0, path.length - (arrives_at_object ? head * 0.7f : 0), color,
                 thickness, dash);
    if (arrives_at_object)
        draw_arrow_head(frame.list, frame.on_screen(path.points.back()), path.direction(path.length), head, color);
    if (arrives_at_process)
        draw_arrow_head(frame.list, frame.on_screen(path.points.front()), opposite(path.direction(0)), head, color);

    if (const std::optional<Rect> label = edge_label(frame, position))
        draw_text(frame.list, frame.theme().fonts.small, frame.on_screen(label->min), frame.theme().ink(edge.is_changed ? Ink::Text : Ink::TextDim), label_of(edge));
    if (edge.is_guilty)
        draw_warning(frame.list, frame.on_screen(path.at(frame.px(20))), frame.px(17), color, frame.theme().ink(Ink::Panel));
}

void draw_flights(const StageFrame& frame) {
    // Messages of one edge and turn travel as one.
    std::map<std::tuple<std::size_t, std::size_t>, std::vector<const Flight*>> convoys;
    for (const Flight& flight : frame.flights) {
        std::size_t edge = 0;
        if (edge_for(frame, flight, edge)) convoys[{edge, flight.turn}].push_back(&flight);
    }
    for (const auto& [key, convoy] : convoys) {
        const std::size_t position = std::get<0>(key), turn = std::get<1>(key);
        const Flight& flight = *convoy.front();
        const float progress = flight_progress(frame, turn);
        const bool is_last = std::none_of(convoys.begin(), convoys.end(), [&](const auto& other) {
            return std::get<0>(other.first) == position && std::get<1>(other.first) > turn;
        });
        if (progress < 0 || (progress >= 1 && (flight.way == Way::In || !is_last))) continue;
        const EdgePath& path = frame.layout.edges[position];
        const float rest = std::min(frame.px(resting_place), path.length / 2);
        const float way = smooth(std::clamp(progress, 0.0f, 1.0f));
        float distance = flight.way == Way::In ? way * path.length : path.length + (rest - path.length) * way;

        const Message& message = frame.model().messages()[flight.message];
        std::uint64_t first = 0, count = 0;
        for (const Flight* each : convoy) count += bytes_of(frame, *each, first);
        const std::string text = convoy.size() == 1 ? short_bytes(message, first, count) : bytes_text(count);
        const ImFont* font = frame.theme().fonts.mono;
        const ImU32 fill = frame.tint(message.from);
        const Rect size = pill_rect(frame.theme(), font, {}, text);
        if (progress >= 1) distance = clear_of_label(frame, position, distance, size.size());
        const ImVec2 center = frame.on_screen(path.at(distance));
        const ImVec2 left_middle(std::round(center.x - size.width() / 2), std::round(center.y));
        const Rect ring = pill_rect(frame.theme(), font, left_middle, text).inset(-frame.px(2), -frame.px(2));
        frame.list->AddRectFilled(ring.min, ring.max, frame.theme().ink(Ink::Kernel), ring.height() / 2);
        const Rect pill = draw_pill(frame.list, frame.theme(), font, left_middle, text, fill, frame.theme().on(fill));
        if (progress >= 1) draw_changed(frame, {pill.max.x + frame.px(9), pill.center().y});
        if (frame.context.selection.message == flight.message) draw_ring(frame, pill, pill.height() / 2);
    }
}

std::uint64_t bytes_of(const StageFrame& frame, const Flight& flight, std::uint64_t& first) {
    const Message& message = frame.model().messages()[flight.message];
    first = 0;
    if (flight.way == Way::In) return message.length;
    for (const Message::Taking& taking : message.takings) {
        if (taking.received != flight.at) continue;
        first = taking.first;
        return taking.count;
    }
    return message.taken;
}

float flight_progress(const StageFrame& frame, std::size_t turn) {
    const Motion& motion = frame.context.motion;
    if (!motion.is_on || motion.progress >= 1) return 1;
    std::size_t turns = 1;
    for (const Flight& flight : frame.flights) turns = std::max(turns, flight.turn + 1);
    const float progress = motion.progress * static_cast<float>(turns) - static_cast<float>(turn);
    return progress < 0 ? -1 : std::min(progress, 1.0f);
}

}  // namespace ipcscope
