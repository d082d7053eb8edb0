using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Live;

namespace HaLvs.Director.Commands;

/// <summary>Lines as they come: what is wrong on standard error, what was found good on standard output.</summary>
internal sealed class CheckTextOutput(TextWriter output, TextWriter error) : ICheckOutput
{
    private string path = "";
    private string summary = "";
    private int errors;
    private int warnings;

    public void Issues(string path, ConfigurationResult result)
    {
        this.path = path;
        foreach (ConfigurationIssue issue in result.Issues)
        {
            Count(issue.Severity == IssueSeverity.Error);
            error.WriteLine(issue);
        }

        if (result.Model is { } model)
        {
            int servers = model.Services.Sum(s => s.Servers.Length);
            summary = $"cluster {model.Cluster.Name}, {Plural(model.Nodes.Length, "node")}, {Plural(model.Services.Length, "service")}, {Plural(servers, "real server")}";
        }
    }

    public void Files(IReadOnlyList<FileIssue> issues)
    {
        foreach (FileIssue issue in issues)
        {
            Count(issue.IsError);
            error.WriteLine(issue.IsError ? issue.Text : $"warning: {issue.Text}");
        }
    }

    public void LiveBegins(int number, int total, string name)
    {
        output.Write($"[{number}/{total}] {name}: ");
        output.Flush();
    }

    public void LiveEnds(string name, LiveResult result)
    {
        if (result.State == LiveState.Failed)
        {
            errors++;
        }

        string word = result.State switch { LiveState.Ok => "ok", LiveState.Note => "note", _ => "FAILED" };
        output.WriteLine($"{word}, {result.Detail}");
    }

    public int Usage(string text)
    {
        error.WriteLine($"halvs check: {text}");
        return 2;
    }

    public int Finish(bool good)
    {
        if (good)
        {
            output.WriteLine($"{path}: good: {summary}{(warnings == 0 ? "" : $"; {Plural(warnings, "warning")}")}");
            return 0;
        }

        error.WriteLine($"halvs check: {path}: {Plural(errors, "error")}{(warnings == 0 ? "" : $", {Plural(warnings, "warning")}")}");
        return 1;
    }

    private void Count(bool isError)
    {
        errors += isError ? 1 : 0;
        warnings += isError ? 0 : 1;
    }

    private static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
