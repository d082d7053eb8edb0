using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Live;

namespace HaLvs.Director.Commands;

/// <summary>One document: { file, good, hash, issues: [{severity, line, column, key, text}], files: [{severity, text}], live: [{name, state, detail}], usage }.</summary>
internal sealed class CheckJsonOutput(TextWriter output) : ICheckOutput
{
    private readonly List<(string Name, LiveResult Result)> live = [];
    private IReadOnlyList<FileIssue> files = [];
    private ConfigurationResult? configuration;
    private string path = "";

    public void Issues(string path, ConfigurationResult result) => (this.path, configuration) = (path, result);

    public void Files(IReadOnlyList<FileIssue> issues) => files = issues;

    public void LiveBegins(int number, int total, string name)
    {
        // One document at the end: there is no progress in it.
    }

    public void LiveEnds(string name, LiveResult result) => live.Add((name, result));

    public int Usage(string text)
    {
        Write(good: false, text);
        return 2;
    }

    public int Finish(bool good)
    {
        Write(good, usage: null);
        return good ? 0 : 1;
    }

    private void Write(bool good, string? usage)
    {
        using var buffer = new MemoryStream();
        // For terminals and files, not for HTML: quotes and arrows stay readable.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("file", path);
            json.WriteBoolean("good", good);
            json.WriteString("hash", configuration?.Model is { } model ? $"{model.Hash:x16}" : null);
            WriteList(json, "issues", configuration?.Issues ?? [], WriteIssue);
            WriteList(json, "files", files, WriteFile);
            WriteList(json, "live", live, WriteLive);
            json.WriteString("usage", usage);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void WriteIssue(Utf8JsonWriter json, ConfigurationIssue issue)
    {
        json.WriteString("severity", issue.Severity == IssueSeverity.Error ? "error" : "warning");
        json.WriteNumber("line", issue.At.Line);
        json.WriteNumber("column", issue.At.Column);
        json.WriteString("key", issue.Key);
        json.WriteString("text", issue.Text);
    }

    private static void WriteFile(Utf8JsonWriter json, FileIssue issue)
    {
        json.WriteString("severity", issue.IsError ? "error" : "warning");
        json.WriteString("text", issue.Text);
    }

    private static void WriteLive(Utf8JsonWriter json, (string Name, LiveResult Result) entry)
    {
        json.WriteString("name", entry.Name);
        json.WriteString("state", entry.Result.State switch { LiveState.Ok => "ok", LiveState.Note => "note", _ => "failed" });
        json.WriteString("detail", entry.Result.Detail);
    }

    private static void WriteList<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> writeItem)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            writeItem(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
