/** What the server says to the page: the shapes of its JSON, as far as the page reads them. */

type Level = "normal" | "notice" | "alarm";

interface Answer {
  device_id: string;
  boot_id: number;
  seq: number;
  judged_by: string | null;
  model_id: string | null;
  score: number | null;
  threshold: number | null;
  combined_score: number | null;
  combined_threshold: number;
  alarm_score: number | null;
  alarm_threshold: number | null;
  p_value: number | null;
  p_value_is_bound: boolean | null;
  level: Level | null;
  mode: string | null;
  mounting_changed: boolean | null;
  alert: boolean;
  why: string | null;
  server_time_us: number;
}

/** One window with its samples in g. */
interface StoredWindow extends Answer {
  sample_rate_hz: number;
  x: number[];
  y: number[];
  z: number[];
}

/** What a board reports of itself; an old board says less. */
interface Status {
  name?: string;
  place?: string;
  model_id?: string;
  firmware?: string;
  reset_reason?: string;
  sample_rate_hz?: number;
  late_samples?: number;
  unjudged?: number;
  signal_dbm?: number;
  free_memory?: number;
  largest_free?: number;
  why?: string;
  sensor_error?: string;
  last_error?: string;
  wifi_error?: string;
  uplink_error?: string;
  model_error?: string;
  fetch_error?: string;
}

interface Learning {
  recording: number;
  state: "recording" | "training" | "delivering" | "done" | "failed";
  model_id: string | null;
  error: string | null;
  warnings: string[];
  doing: string | null;
}

/** The event `window`: what changes with one. */
interface Summary {
  device_id: string;
  state: string;
  last_seen_us: number;
  windows: number;
  lost: number;
  signed?: boolean | null;
  level: Level | null;
  alert: boolean;
  mounting_changed: boolean;
  quality: { kind: string; sentence: string }[];
  last: Answer;
}

interface Board extends Omit<Summary, "last"> {
  last: Partial<Answer>; // nothing before its first window
  status: Status;
  recent: number[];
  takes_models?: boolean;
  order?: Order | null;
  learning?: Learning | null;
  label?: string | null; // what it is called here, instead of the name in its report
}

interface Order {
  model_id: string;
  done: boolean;
  passed: boolean;
  error: string | null;
  before: string | null;
  after: string | null;
  why: string | null;
  backtest: { windows: number; notices: number; alarms: number } | null;
}

interface Alert {
  id: number;
  device: string;
  boot_id: number;
  seq: number;
  level: "notice" | "alarm";
  started_us: number;
  raised_us: number | null;
  ended_us: number | null;
  acknowledged_us: number | null;
  why: string | null;
  mounting_changed: boolean;
  baseline_s: number | null;
  judged_by: string | null;
}

interface Recording {
  id: number;
  condition: string;
  device: string | null;
  wanted: number | null;
  recorded: number;
  state: string;
}

interface KeptModel {
  model_id: string;
  sample_rate_hz: number;
  window_len: number;
  in_service: boolean;
}

/** One step of a board's scores over time. */
interface ScoreStep {
  at_us: number;
  score: number | null;
  threshold: number;
  alarm_score: number | null;
  alarm_threshold: number | null;
  level: Level | null;
}

interface Problem {
  kind: string;
  about: string;
  sentence: string;
  since_us: number;
  severe: boolean;
}

interface Health {
  status: "ok" | "degraded" | "blind";
  problems: Problem[];
}

/** A message to people that could not be sent. */
interface SetAside {
  number: number;
  channel: string;
  subject: string;
  error: string;
}
