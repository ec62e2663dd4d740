{{/* Name of a component: the release's own for "app". */}}
{{- define "app.name" -}}
{{- if eq .component "app" -}}
{{- .root.Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" (.root.Release.Name | trunc 53 | trimSuffix "-") .component | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "app.selector" -}}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component | quote }}
{{- end -}}

{{- define "app.labels" -}}
{{ include "app.selector" . }}
app.kubernetes.io/name: {{ .root.Chart.Name | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | quote }}
{{- end -}}

{{/* A file's key in the ConfigMap: its path without what a key cannot hold. */}}
{{- define "app.key" -}}
{{- printf "%s-%s" (regexReplaceAll "[^A-Za-z0-9._-]" (base .) "_" | trunc 60) (. | sha256sum | trunc 8) -}}
{{- end -}}

{{- define "app.image" -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (.tag | toString) -}}
{{- end -}}
{{- end -}}

{{- define "app.pod" -}}
{{- $c := .values -}}
{{- $name := include "app.name" . -}}
metadata:
  labels:
    {{- include "app.labels" . | nindent 4 }}
  annotations:
    xanthus.dev/files: {{ $c.files | default dict | toJson | sha256sum | trunc 16 | quote }}
    {{- if and .root.Values.secretVersion (or $c.secretEnv $c.secretFiles) }}
    xanthus.dev/secrets: {{ .root.Values.secretVersion | quote }}
    {{- end }}
spec:
  automountServiceAccountToken: {{ $c.serviceAccount | default false }}
  {{- if $c.serviceAccount }}
  serviceAccountName: {{ $name | quote }}
  {{- end }}
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $c.graceSeconds | default 30 | int64 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ $c.user | default 1000 | int64 }}
    runAsGroup: {{ $c.user | default 1000 | int64 }}
    fsGroup: {{ $c.user | default 1000 | int64 }}
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
    {{- range $port := $c.ports }}
    {{- if lt (int64 $port.port) 1024 }}
    sysctls:
      - name: net.ipv4.ip_unprivileged_port_start
        value: "0"
    {{- break }}
    {{- end }}
    {{- end }}
  containers:
    - name: {{ .component | quote }}
      image: {{ include "app.image" $c.image | quote }}
      imagePullPolicy: {{ $c.image.pullPolicy | default "IfNotPresent" | quote }}
      {{- with $c.command }}
      command: {{- toJson . | nindent 8 }}
      {{- end }}
      {{- with $c.args }}
      args: {{- toJson . | nindent 8 }}
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: {{ $c.readOnlyRoot | default false }}
        capabilities:
          drop: ["ALL"]
          {{- with $c.capabilities }}
          add: {{- toJson . | nindent 12 }}
          {{- end }}
      env:
        - name: TZ
          value: {{ .root.Values.timeZone | quote }}
        {{- range $variable, $key := $c.secretEnv }}
        - name: {{ $variable | quote }}
          valueFrom:
            secretKeyRef:
              name: {{ required "secretName is needed for secretEnv" $.root.Values.secretName | quote }}
              key: {{ $key | quote }}
        {{- end }}
        {{- range $variable, $value := $c.env }}
        - name: {{ $variable | quote }}
          value: {{ $value | toString | quote }}
        {{- end }}
      {{- with $c.ports }}
      ports:
        {{- range $port, $p := . }}
        - name: {{ $port | quote }}
          containerPort: {{ $p.port | int64 }}
          protocol: {{ $p.protocol | default "TCP" | quote }}
        {{- end }}
      {{- end }}
      {{- range $probe, $settings := $c.probes }}
      {{ $probe }}: {{- toJson $settings | nindent 8 }}
      {{- end }}
      resources: {{- $c.resources | default dict | toJson | nindent 8 }}
      volumeMounts:
        {{- range $volume, $v := $c.volumes }}
        - name: {{ printf "volume-%s" $volume | quote }}
          mountPath: {{ $v.path | quote }}
        {{- end }}
        {{- range $volume, $v := $c.scratch }}
        - name: {{ printf "scratch-%s" $volume | quote }}
          mountPath: {{ $v.path | quote }}
        {{- end }}
        {{- range $path, $text := $c.files }}
        - name: files
          mountPath: {{ $path | quote }}
          subPath: {{ include "app.key" $path | quote }}
          readOnly: true
        {{- end }}
        {{- range $path, $key := $c.secretFiles }}
        - name: secret-files
          mountPath: {{ $path | quote }}
          subPath: {{ $key | quote }}
          readOnly: true
        {{- end }}
  volumes:
    {{- range $volume, $v := $c.volumes }}
    - name: {{ printf "volume-%s" $volume | quote }}
      persistentVolumeClaim:
        claimName: {{ printf "%s-%s" $name $volume | quote }}
    {{- end }}
    {{- range $volume, $v := $c.scratch }}
    - name: {{ printf "scratch-%s" $volume | quote }}
      emptyDir:
        sizeLimit: {{ $v.size | quote }}
    {{- end }}
    {{- if $c.files }}
    - name: files
      configMap:
        name: {{ printf "%s-files" $name | quote }}
    {{- end }}
    {{- if $c.secretFiles }}
    - name: secret-files
      secret:
        secretName: {{ required "secretName is needed for secretFiles" .root.Values.secretName | quote }}
        defaultMode: 0440
        items:
          {{- range $key := $c.secretFiles | values | uniq | sortAlpha }}
          - key: {{ $key | quote }}
            path: {{ $key | quote }}
          {{- end }}
    {{- end }}
{{- end -}}
